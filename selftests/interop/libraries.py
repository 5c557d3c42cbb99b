# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients that are written in Python: impacket and ntlm-auth."""

import struct

from Cryptodome.Cipher import ARC4
from impacket import ntlm as impacket
from ntlm_auth.gss_channel_bindings import GssChannelBindingsStruct
from ntlm_auth.ntlm import NtlmContext

import wire
from ends import BadMessage, End, Refused


def _offer(row):
    flags = wire.NTLM | wire.REQUEST_TARGET | wire.ALWAYS_SIGN
    flags |= wire.UNICODE
    for flag, wanted in (
            (wire.SIGN, row.protected), (wire.SEAL, row.protect == "seal"),
            (wire.KEY_EXCH, row.key_exch), (wire.KEY_128, row.bits == 128),
            (wire.KEY_56, row.bits != 40), (wire.ESS, row.ess),
            (wire.LM_KEY, row.lm_key), (wire.TARGET_INFO, row.response == "ntlmv2")):
        flags |= flag if wanted else 0
    return flags


class Impacket(End):
    def __init__(self, row, account):
        self.row, self.account = row, account
        self.type1 = self.session_key = self.agreed = None
        self.numbers = [0, 0]

    def step(self, token):
        if token is None:
            self.type1 = impacket.getNTLMSSPType1()
            self.type1["flags"] = _offer(self.row)
            return self.type1.getData()
        user = ("", "", "") if self.row.response == "anonymous" else self.account
        try:
            type3, self.session_key = impacket.getNTLMSSPType3(
                self.type1, token, *user, use_ntlmv2=self.row.response == "ntlmv2")
        except TypeError as error:
            raise Refused(f"impacket: {error}") from None
        self.agreed = type3["flags"] & wire.flags_of(token)
        self.done = True
        self._start()
        return type3.getData()

    def _start(self):
        modes = ("Client", "Server")
        self.sign_keys = [impacket.SIGNKEY(self.agreed, self.session_key, m)
                          for m in modes]
        if self.agreed & (wire.ESS | wire.LM_KEY):
            seal_keys = [impacket.SEALKEY(self.agreed, self.session_key, m)
                         for m in modes]
            if not self.agreed & wire.ESS:
                seal_keys = seal_keys[:1]
        else:
            # Its SEALKEY() weakens the key as if for LM_KEY.
            seal_keys = [self.session_key]
        handles = [ARC4.new(key).encrypt for key in seal_keys]
        self.handles = handles if len(handles) == 2 else handles * 2

    def key(self):
        return self.session_key

    def flags(self):
        return self.agreed

    def _mac(self, way, data):
        number = 0 if not self.agreed & wire.ESS else way
        mac = impacket.MAC(self.agreed, self.handles[way], self.sign_keys[way],
                           self.numbers[number], data)
        self.numbers[number] += 1
        return mac.getData()

    def protect(self, data, seal):
        body = self.handles[0](data) if seal else data
        return self._mac(0, data) + body

    def unprotect(self, message, seal):
        data = self.handles[1](message[16:]) if seal else message[16:]
        want = self._mac(1, data)
        if not self.agreed & wire.ESS:
            want = want[:4] + message[4:8] + want[8:]
        if message[:16] != want:
            raise BadMessage(f"signature {message[:16].hex()}, wanted {want.hex()}")
        return data


class NtlmAuth(End):
    """Speaks OEM: its NEGOTIATE_MESSAGE does not offer UNICODE."""
    mixed = False

    def __init__(self, row, account):
        level = 3 if row.response == "ntlmv2" else 1 if row.ess else 0
        bindings = None
        if row.bindings:
            bindings = GssChannelBindingsStruct()
            bindings[bindings.APPLICATION_DATA] = row.bindings
        self.context = NtlmContext(account.user, account.password, account.domain,
                                   cbt_data=bindings, ntlm_compatibility=level)
        self.context.negotiate_flags = _offer(row) | wire.VERSION

    def step(self, token):
        out = self.context.step(token)
        self.done = self.context.complete
        return out

    def key(self):
        return self.context.session_key

    def protect(self, data, seal):
        return self.context.wrap(data)

    def unprotect(self, message, seal):
        try:
            return self.context.unwrap(message)
        except Exception as error:
            raise BadMessage(str(error)) from None
