# SPDX-License-Identifier: GPL-2.0-or-later
"""Session security of connections, [MS-NLMP] section 3.4, written from the
specification: for peers that hand out their session key and no messages.
"""

import hashlib
import hmac
import struct
import zlib

from Cryptodome.Cipher import ARC4

import wire

CLIENT, SERVER = "client-to-server", "server-to-client"


class BadMessage(Exception):
    """a message whose signature is not right"""


class _Way:
    """messages in one direction, or in both without extended session security"""

    def __init__(self, key, signing_key):
        self.signing_key, self.number = signing_key, 0
        self.rc4 = ARC4.new(key).encrypt


def _derive(key, way, purpose):
    text = f"session key to {way} {purpose} key magic constant\0"
    return hashlib.md5(key + text.encode()).digest()


class Session:
    """one side of a session

    side: CLIENT or SERVER, who this is; flags: negotiated; key: the
    ExportedSessionKey
    """

    def __init__(self, side, flags, key):
        self.flags = flags
        self.ess = bool(flags & wire.ESS)
        if self.ess:
            part = key[:16 if flags & wire.KEY_128 else
                       7 if flags & wire.KEY_56 else 5]
            ways = [_Way(_derive(part, w, "sealing"), _derive(key, w, "signing"))
                    for w in (CLIENT, SERVER)]
        else:
            if flags & wire.LM_KEY:
                key = (key[:7] + b"\xa0" if flags & wire.KEY_56 else
                       key[:5] + b"\xe5\x38\xb0")
            ways = [_Way(key, None)] * 2
        self.send, self.receive = ways if side == CLIENT else ways[::-1]

    def _signature(self, way, data):
        number = struct.pack("<I", way.number)
        if self.ess:
            checksum = hmac.digest(way.signing_key, number + data, "md5")[:8]
            if self.flags & wire.KEY_EXCH:
                checksum = way.rc4(checksum)
            signature = struct.pack("<I", 1) + checksum + number
        else:
            # The first 4 bytes are RandomPad, which is sent as 0.
            tail = way.rc4(bytes(4) + struct.pack("<I", zlib.crc32(data)) + number)
            signature = struct.pack("<I4x", 1) + tail[4:]
        way.number += 1
        return signature

    def protect(self, data, seal):
        way = self.send
        body = way.rc4(data) if seal else data
        return self._signature(way, data) + body

    def unprotect(self, message, seal):
        way = self.receive
        signature, body = message[:16], message[16:]
        data = way.rc4(body) if seal else body
        want = self._signature(way, data)
        if not self.ess:
            # RandomPad means nothing to the receiver.
            signature = signature[:4] + want[4:8] + signature[8:]
        if signature != want:
            raise BadMessage(f"signature {signature.hex()}, wanted {want.hex()}")
        return data
