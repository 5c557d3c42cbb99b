#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""known.py account USER DOMAIN PASSWORD NT-HASH
known.py sessions CAPTURE ACCOUNT...
known.py derived LOG...

Prints what judge.py looks for, a line "NAME HEX" for each secret: those of an
account; the keys of its sessions, which follow from what was on the wire and from
the account's secrets; keys that Samba has put into its logs ("debug encryption =
yes"), which it does from SMB 3.0 on.
"""

import hmac
import re
import struct
import sys


def account(user, domain, password, digits):
    nt_hash = bytes.fromhex(digits)
    # not a secret
    yield "user", user.encode()
    yield "password-utf8", password.encode()
    yield "password-utf16", password.encode("utf-16-le")
    yield "nt-hash", nt_hash
    yield "nt-hash-lower-hex", digits.lower().encode()
    yield "nt-hash-upper-hex", digits.upper().encode()
    # [MS-NLMP] section 3.3.2: as good as the hash for this account
    name = (user.upper() + domain).encode("utf-16-le")
    yield "ntowfv2", hmac.digest(nt_hash, name, "md5")


def rc4(key, data):
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) & 255
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) & 255])
    return bytes(out)


def sessions(capture, known):
    """Keys of the logons in a capture. [MS-NLMP] sections 2.2.1.3 and 3.1.5.1.2"""
    keys = {}
    for path in known:
        with open(path, encoding="ascii") as file:
            rows = dict(line.split() for line in file)
        keys[rows["user"]] = bytes.fromhex(rows["ntowfv2"])
    with open(capture, "rb") as file:
        data = file.read()
    for found in re.finditer(re.escape(b"NTLMSSP\0\3\0\0\0"), data):
        message = data[found.start():found.start() + 65536]

        def item(at, message=message):
            length, _, offset = struct.unpack_from("<HHI", message, at)
            return message[offset:offset + length]
        user = item(36).decode("utf-16-le").encode().hex()
        if user not in keys:
            continue
        base = hmac.digest(keys[user], item(20)[:16], "md5")
        yield "base-key", base
        yield "exported-key", rc4(base, item(52))


def derived(logs):
    """Keys that Samba has put into its logs."""
    for path in logs:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
        for at, line in enumerate(lines):
            title = re.match(r"\s*(Session|Signing|App|ServerIn|ServerOut) Key\s+\[", line)
            if not title:
                continue
            # A dump has the offset in brackets, sixteen bytes a line, then text.
            data = b""
            for row in [line[line.index(" Key") + 4:], *lines[at + 1:]]:
                row = re.match(r"\s*\[[0-9A-F]{4,}\]((?: {1,3}[0-9A-F]{2})+)", row)
                if not row:
                    break
                data += bytes.fromhex(row.group(1))
            yield f"{title.group(1).lower()}-key", data


def main():
    what, words = sys.argv[1:2], sys.argv[2:]
    if what == ["account"] and len(words) == 4:
        rows = account(*words)
    elif what == ["sessions"] and words:
        rows = sorted(set(sessions(words[0], words[1:])))
    elif what == ["derived"]:
        rows = sorted(set(derived(words)))
    else:
        sys.exit(__doc__)
    for name, secret in rows:
        print(name, secret.hex())


main()
