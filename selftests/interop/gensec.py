# SPDX-License-Identifier: GPL-2.0-or-later
"""Samba's gensec, the code of its own clients and servers, in both roles."""

import functools
import os

import samba
from samba import auth, credentials, gensec, param
from samba.auth import system_session
from samba.samdb import SamDB

from ends import BadMessage, End, Refused


def _loadparm(settings, path=None):
    lp = param.LoadParm()
    lp.load(path or os.environ["INTEROP_SMB_CONF"])
    for name, value in settings.items():
        lp.set(name, value)
    return lp


@functools.cache
def _sam():
    """The account database, which takes seconds to open, and forbids a fork then."""
    lp = _loadparm({})
    return SamDB(url=os.path.join(lp.get("private dir"), "sam.ldb"),
                 session_info=system_session(lp), lp=lp)


def _knobs(prefix, row):
    """Options of smb.conf for what a row wants; see auth/ntlmssp of Samba."""
    yes = {True: "yes", False: "no"}
    return {
        f"{prefix}:128bit": yes[row.bits == 128],
        f"{prefix}:56bit": yes[row.bits != 40],
        f"{prefix}:keyexchange": yes[row.key_exch],
        f"{prefix}:ntlm2": yes[row.ess],
        f"{prefix}:alwayssign": "yes",
        f"{prefix}:unicode": yes[row.charset == "unicode"],
        f"{prefix}:lm_key": yes[row.lm_key],
        f"{prefix}:allow_lm_key": yes[row.lm_key],
    }


class _Gensec(End):
    def __init__(self, row, security):
        self.security, self.row = security, row
        if row.protect == "seal":
            security.want_feature(gensec.FEATURE_SEAL)
        if row.protect in ("seal", "sign"):
            security.want_feature(gensec.FEATURE_SIGN)
        security.start_mech_by_name("spnego" if row.spnego else "ntlmssp")
        self.done = False

    def step(self, token):
        try:
            self.done, out = self.security.update(token or b"")
        except samba.NTSTATUSError as error:
            raise Refused(error.args[1]) from None
        return bytes(out) or None

    def key(self):
        try:
            return self.security.session_key()
        except samba.NTSTATUSError:
            return None

    def protect(self, data, seal):
        try:
            if seal or self.row.protect == "sign":
                return self.security.wrap(data)
            return self.security.sign_packet(data, data) + data
        except samba.NTSTATUSError as error:
            raise BadMessage(error.args[1]) from None

    def unprotect(self, message, seal):
        try:
            if seal or self.row.protect == "sign":
                return self.security.unwrap(message)
            self.security.check_packet(message[16:], message[16:], message[:16])
            return message[16:]
        except samba.NTSTATUSError as error:
            raise BadMessage(error.args[1]) from None


class Initiator(_Gensec):
    def __init__(self, row, account):
        settings = _knobs("ntlmssp_client", row)
        settings["client ntlmv2 auth"] = "yes" if row.response == "ntlmv2" else "no"
        # LoadParm.set() has no effect on "client lanman auth".
        self.lp = _loadparm(settings, os.environ["INTEROP_DIR"] + "/lanman.conf"
                            if row.response == "ntlmv1-lm" else None)
        security = gensec.Security.start_client(
            {"lp_ctx": self.lp, "target_hostname": "server"})
        security.set_target_service("test")
        who = credentials.Credentials()
        who.guess(self.lp)
        who.set_kerberos_state(credentials.DONT_USE_KERBEROS)
        if row.response == "anonymous":
            who.set_anonymous()
        else:
            who.set_username(account.user)
            who.set_password(account.password)
            who.set_domain(account.domain)
        who.set_workstation("SAMBAWS")
        security.set_credentials(who)
        super().__init__(row, security)


class Acceptor(_Gensec):
    def __init__(self, row):
        settings = _knobs("ntlmssp_server", row)
        settings["ntlm auth"] = "ntlmv1-permitted"
        settings["lanman auth"] = "yes"
        self.lp = _loadparm(settings)
        context = auth.AuthContext(lp_ctx=self.lp, ldb=_sam(),
                                   methods=["anonymous", "sam_ignoredomain"])
        security = gensec.Security.start_server(
            {"lp_ctx": self.lp, "target_hostname": "server"}, context)
        who = credentials.Credentials()
        who.guess(self.lp)
        who.set_kerberos_state(credentials.DONT_USE_KERBEROS)
        security.set_credentials(who)
        super().__init__(row, security)
