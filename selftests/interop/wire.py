# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of [MS-NLMP] section 2.2 as they were on the wire: what both sides
agreed on is read from there, and not from what either side says of itself.
"""

import struct
from dataclasses import dataclass

MAGIC = b"NTLMSSP\0"
NEGOTIATE, CHALLENGE, AUTHENTICATE = 1, 2, 3

# NegotiateFlags, section 2.2.2.5
UNICODE = 0x00000001
OEM = 0x00000002
REQUEST_TARGET = 0x00000004
SIGN = 0x00000010
SEAL = 0x00000020
DATAGRAM = 0x00000040
LM_KEY = 0x00000080
NTLM = 0x00000200
ANONYMOUS = 0x00000800
ALWAYS_SIGN = 0x00008000
ESS = 0x00080000
NON_NT_KEY = 0x00400000
TARGET_INFO = 0x00800000
VERSION = 0x02000000
KEY_128 = 0x20000000
KEY_EXCH = 0x40000000
KEY_56 = 0x80000000

# Those that both sides must have the same idea of
SECURITY = SIGN | SEAL | ESS | KEY_EXCH | KEY_128 | DATAGRAM

# AvId, section 2.2.2.1
AV_EOL, AV_FLAGS, AV_TIMESTAMP, AV_BINDINGS = 0, 6, 7, 10
AV_FLAG_MIC = 2


def inner(token):
    """The NTLM message in a token, which may be wrapped in SPNEGO; or None."""
    at = token.find(MAGIC) if token else -1
    return None if at < 0 else token[at:]


def kind(message):
    return struct.unpack_from("<I", message, 8)[0]


def pairs(data):
    """AvId and value of each AV_PAIR."""
    at = 0
    while at + 4 <= len(data):
        number, length = struct.unpack_from("<HH", data, at)
        if number == AV_EOL:
            return
        yield number, data[at + 4:at + 4 + length]
        at += 4 + length


def field(message, at):
    length, _, offset = struct.unpack_from("<HHI", message, at)
    return message[offset:offset + length]


def flags_at(message):
    """Where NegotiateFlags are."""
    return {NEGOTIATE: 12, CHALLENGE: 20, AUTHENTICATE: 60}[kind(message)]


def flags_of(message):
    return struct.unpack_from("<I", message, flags_at(message))[0]


def without_flags(message, flags):
    """The message as if its sender did not know these flags."""
    at = flags_at(message)
    rest = flags_of(message) & ~flags
    return message[:at] + struct.pack("<I", rest) + message[at + 4:]


def without_timestamp(challenge):
    """A CHALLENGE_MESSAGE of a server that sends no MsvAvTimestamp. TargetInfo
    has to be the last thing in it, which it is with all the servers here.
    """
    length, _, offset = struct.unpack_from("<HHI", challenge, 40)
    if offset + length != len(challenge):
        raise ValueError("TargetInfo is not at the end")
    info = b"".join(struct.pack("<HH", number, len(value)) + value
                    for number, value in pairs(challenge[offset:])
                    if number != AV_TIMESTAMP) + bytes(4)
    return (challenge[:40] + struct.pack("<HHI", len(info), len(info), offset)
            + challenge[48:offset] + info)


@dataclass
class Seen:
    """What an exchange looked like from outside."""
    offered: int = 0
    chosen: int = 0
    flags: int = 0
    timestamp: bool = False
    response: str = ""
    mic: bool = False
    bindings: bytes = b""
    negotiate: bytes = b""
    challenge: bytes = b""
    authenticate: bytes = b""

    def add(self, token):
        message = inner(token)
        if message is None:
            return
        if kind(message) == NEGOTIATE:
            self.negotiate = message
            self.offered = flags_of(message)
        elif kind(message) == CHALLENGE:
            self.challenge = message
            self.chosen = flags_of(message)
            if self.chosen & TARGET_INFO:
                self.timestamp = AV_TIMESTAMP in dict(pairs(field(message, 40)))
        elif kind(message) == AUTHENTICATE:
            self.authenticate = message
            self._authenticate(message)

    def _authenticate(self, message):
        self.flags = flags_of(message) & self.chosen
        lm, nt = field(message, 12), field(message, 20)
        if len(nt) > 24:
            self.response = "ntlmv2"
            found = dict(pairs(nt[44:]))
            said = found.get(AV_FLAGS, bytes(4))
            self.mic = bool(struct.unpack("<I", said)[0] & AV_FLAG_MIC)
            self.bindings = found.get(AV_BINDINGS, b"")
        elif len(nt) == 24:
            self.response = "ntlm2" if self.flags & ESS else "ntlmv1"
        elif len(lm) == 24:
            self.response = "lm"
        else:
            self.response = "anonymous"
        if self.response == "ntlmv1" and lm not in (b"", nt):
            self.response = "ntlmv1-lm"
