# SPDX-License-Identifier: GPL-2.0-or-later
"""gss-ntlmssp behind GSSAPI, in both roles."""

import os
import struct

import gssapi
from gssapi import raw

import wire
from ends import BadMessage, End, Refused

NTLMSSP = gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10")
SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
# What a credential offers, and the number of the next datagram
NEG_FLAGS = gssapi.OID.from_int_seq("1.3.6.1.4.1.7165.655.1.5")
SEQ_NUM = gssapi.OID.from_int_seq("1.3.6.1.4.1.7165.655.1.1")
SESSION_KEY = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2.5.5")
DATAGRAM_FLAG = 0x10000


def _offer(row):
    flags = wire.NTLM | wire.REQUEST_TARGET | wire.ALWAYS_SIGN | wire.TARGET_INFO
    flags |= wire.VERSION
    flags |= wire.UNICODE if row.charset == "unicode" else wire.OEM
    if row.protect in ("sign", "seal"):
        flags |= wire.SIGN
    if row.protect == "seal":
        flags |= wire.SEAL
    if row.key_exch:
        flags |= wire.KEY_EXCH
    if row.bits == 128:
        flags |= wire.KEY_128
    if row.bits != 40:
        flags |= wire.KEY_56
    if row.ess:
        flags |= wire.ESS
    if row.lm_key:
        flags |= wire.LM_KEY
    if row.datagram:
        flags |= wire.DATAGRAM
    return flags


def _level(row):
    """LmCompatibilityLevel for a response."""
    return {"ntlmv1-lm": "0", "ntlmv1": "2", "ntlm2": "2"}.get(row.response, "3")


class _Gss(End):
    empty = False

    def __init__(self, row):
        os.environ["LM_COMPAT_LEVEL"] = _level(row)
        self.row, self.ctx, self.mech = row, None, SPNEGO if row.spnego else NTLMSSP
        self.sent = self.received = 0
        self.bindings = None
        if row.bindings:
            self.bindings = raw.ChannelBindings(application_data=self.application_data())

    def application_data(self):
        return self.row.bindings

    def _limit(self, cred):
        # SPNEGO's credential has no such option.
        if not self.row.spnego:
            raw.set_cred_option(NEG_FLAGS, cred, struct.pack("=I", _offer(self.row)))

    def step(self, token):
        try:
            return self._step(token)
        except gssapi.exceptions.GSSError as error:
            raise Refused(str(error)) from None

    def key(self):
        try:
            return raw.inquire_sec_context_by_oid(self.ctx, SESSION_KEY)[0]
        except gssapi.exceptions.GSSError:
            return None

    def _number(self, number):
        """Of the next datagram, in both directions."""
        if self.row.datagram:
            raw.set_sec_context_option(SEQ_NUM, self.ctx, struct.pack("=I", number))

    def protect(self, data, seal):
        self._number(self.sent)
        self.sent += 1
        if seal:
            return raw.wrap(self.ctx, data, True, None).message
        return raw.get_mic(self.ctx, data, None) + data

    def unprotect(self, message, seal):
        self._number(self.received)
        self.received += 1
        try:
            if seal:
                return raw.unwrap(self.ctx, message).message
            raw.verify_mic(self.ctx, message[16:], message[:16])
            return message[16:]
        except gssapi.exceptions.GSSError as error:
            raise BadMessage(str(error)) from None


class Initiator(_Gss):
    def __init__(self, row, account):
        super().__init__(row)
        self.target = raw.import_name(b"test@server", gssapi.NameType.hostbased_service)
        try:
            self.cred = self._credential(account)
        except gssapi.exceptions.GSSError as error:
            raise Refused(str(error)) from None
        self.want = 0
        if row.protect in ("sign", "seal"):
            self.want |= gssapi.RequirementFlag.integrity
        if row.protect == "seal":
            self.want |= gssapi.RequirementFlag.confidentiality
        if row.response == "anonymous":
            self.want |= gssapi.RequirementFlag.anonymity
        if row.datagram:
            self.want |= DATAGRAM_FLAG

    def _credential(self, account):
        if self.row.response == "anonymous":
            name = raw.import_name(b"", gssapi.NameType.anonymous)
            return raw.acquire_cred(name, mechs=[self.mech], usage="initiate").creds
        name = raw.import_name(f"{account.domain}\\{account.user}".encode(),
                               gssapi.NameType.user)
        cred = raw.acquire_cred_with_password(name, account.password.encode(),
                                              mechs=[self.mech], usage="initiate").creds
        self._limit(cred)
        return cred

    def _step(self, token):
        result = raw.init_sec_context(
            self.target, self.cred, self.ctx, self.mech, self.want,
            channel_bindings=self.bindings, input_token=token)
        self.ctx, self.done = result.context, not result.more_steps
        return result.token


class Acceptor(_Gss):
    def application_data(self):
        return self.row.bindings + b" of another channel" * self.row.other_bindings

    def __init__(self, row):
        super().__init__(row)
        name = raw.import_name(b"test@server", gssapi.NameType.hostbased_service)
        self.cred = raw.acquire_cred(name, mechs=[self.mech], usage="accept").creds
        self._limit(self.cred)

    def _step(self, token):
        result = raw.accept_sec_context(token or b"", self.cred, self.ctx,
                                        self.bindings)
        self.ctx, self.done = result.context, not result.more_steps
        return result.token
