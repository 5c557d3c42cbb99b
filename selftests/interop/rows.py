# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of the matrix: what is negotiated, and how that is seen on the wire."""

import dataclasses
from dataclasses import dataclass

import wire

BINDINGS = b"tls-server-end-point:" + bytes(range(32))


@dataclass(frozen=True)
class Row:
    """protect: seal, sign, dummy (ALWAYS_SIGN alone) or none; response: ntlmv2,
    ntlm2 (NTLM2 session), ntlmv1, ntlmv1-lm (with an LM response), lm (only
    that) or anonymous; no_mic: the initiator never sends one
    """
    protect: str = "seal"
    bits: int = 128
    ess: bool = True
    key_exch: bool = True
    lm_key: bool = False
    response: str = "ntlmv2"
    charset: str = "unicode"
    timestamp: bool = True
    bindings: bytes = None
    other_bindings: bool = False
    datagram: bool = False
    spnego: bool = False
    no_mic: bool = False

    @property
    def mic(self):
        return self.timestamp and self.response == "ntlmv2" and not self.no_mic

    @property
    def protected(self):
        return self.protect in ("sign", "seal")

    @property
    def refused(self):
        """The acceptor has to refuse the initiator."""
        return self.other_bindings

    @property
    def messages(self):
        return self.protect != "none"

    @property
    def name(self):
        words = []
        if self.spnego:
            words.append("spnego")
        if self.datagram:
            words.append("datagram")
        words.append(self.protect)
        if self.protected:
            words += [str(self.bits), "ess" if self.ess else "noess"]
            if self.lm_key:
                words.append("lmkey")
            if not self.key_exch:
                words.append("nokx")
        if self.response != "anonymous" or self.protect != "none":
            words.append(self.response)
        if self.response == "anonymous" and self.protect == "none":
            words = ["anonymous"]
        if self.charset == "oem":
            words.append("oem")
        if not self.timestamp:
            words.append("notime")
        if self.no_mic:
            words.append("nomic")
        if self.bindings:
            words.append("othercb" if self.other_bindings else "cb")
        return "-".join(words)

    def differs(self, seen):
        """In what an exchange was not what the row says; empty: in nothing."""
        wrong = []

        def same(what, got, want):
            if bool(got) != want:
                wrong.append(f"{what} {'was' if got else 'was not'} negotiated")

        f = seen.flags
        same("SIGN", f & wire.SIGN, self.protected)
        same("SEAL", f & wire.SEAL, self.protect == "seal")
        if self.protected:
            same("EXTENDED_SESSIONSECURITY", f & wire.ESS, self.ess)
            same("KEY_EXCH", f & wire.KEY_EXCH, self.key_exch)
            same("128", f & wire.KEY_128, self.bits == 128)
            if self.bits != 128:
                same("56", f & wire.KEY_56, self.bits == 56)
            if not self.ess:
                same("LM_KEY", f & wire.LM_KEY, self.lm_key)
        same("UNICODE", f & wire.UNICODE, self.charset == "unicode")
        same("DATAGRAM", f & wire.DATAGRAM, self.datagram)
        if self.protect == "dummy":
            same("ALWAYS_SIGN", f & wire.ALWAYS_SIGN, True)
        if seen.response != self.response:
            wrong.append(f"response {seen.response}")
        if self.response == "ntlmv2":
            same("a timestamp", seen.timestamp, self.timestamp)
        return "; ".join(wrong)


def matrix():
    """All rows."""
    rows = []
    for protect in ("seal", "sign"):
        for key_exch in (True, False):
            for bits in (128, 56, 40):
                for ess, response in ((True, "ntlmv2"), (True, "ntlm2"),
                                      (False, "ntlmv2"), (False, "ntlmv1")):
                    rows.append(Row(protect=protect, key_exch=key_exch, bits=bits,
                                    ess=ess, response=response))
    seal = Row()
    more = dataclasses.replace
    for bits in (56, 40):
        for response in ("ntlmv1-lm", "lm"):
            rows.append(Row(bits=bits, ess=False, lm_key=True, response=response))
    rows += [
        more(seal, timestamp=False),
        more(seal, no_mic=True),
        more(seal, charset="oem"),
        more(seal, charset="oem", protect="sign"),
        more(seal, charset="oem", response="ntlm2"),
        more(seal, charset="oem", bindings=BINDINGS),
        more(seal, ess=False, response="ntlmv1", charset="oem"),
        more(seal, ess=False, response="ntlmv1-lm", charset="oem"),
        more(seal, ess=False, response="ntlmv1-lm"),
        more(seal, ess=False, response="ntlmv1-lm", protect="sign"),
        more(seal, bindings=BINDINGS),
        more(seal, bindings=BINDINGS, other_bindings=True),
        Row(protect="dummy"),
        Row(protect="none", response="anonymous"),
        more(seal, spnego=True),
        more(seal, spnego=True, protect="sign"),
        more(seal, datagram=True),
        more(seal, datagram=True, protect="sign"),
    ]
    return rows
