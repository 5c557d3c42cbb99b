# SPDX-License-Identifier: GPL-2.0-or-later
"""Samba's program ntlm_auth, with which servers and clients of other projects do
NTLM; four of its protocols. It gives the session key and the flags away and no
messages: these are made by session.py with that key.
"""

import base64
import os
import subprocess

import session
import wire
from ends import End, Refused


class _NtlmAuth(End):
    """side: of this end in session.py; protocol: of ntlm_auth"""
    side = protocol = ""

    def __init__(self, row, arguments):
        self.row, self.done = row, False
        self.established = None
        argv = ["ntlm_auth", "--helper-protocol=" + self.protocol,
                "--configfile=" + os.environ["INTEROP_SMB_CONF"], *arguments]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True,
                                        stderr=subprocess.DEVNULL, bufsize=1)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, word, token=None):
        line = word if token is None else word + " " + base64.b64encode(token).decode()
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            raise Refused(f"ntlm_auth has ended, status {self.process.wait()}")
        return answer

    def key(self):
        word, value = (self.ask("GK") + [""])[:2]
        return base64.b64decode(value) if word == "GK" else None

    def flags(self):
        word, value = (self.ask("GF") + [""])[:2]
        return int(value, 16) if word == "GF" else None

    def _session(self):
        if not self.established:
            self.established = session.Session(self.side, self.flags(), self.key())
            if self.row.spnego:
                # Number 0 was mechListMIC.
                self.established.send.number = self.established.receive.number = 1
        return self.established

    def protect(self, data, seal):
        return self._session().protect(data, seal)

    def unprotect(self, message, seal):
        return self._session().unprotect(message, seal)


def _options(prefix, row):
    yes = {True: "yes", False: "no"}
    return [f"--option={prefix}:{name}={yes[value]}" for name, value in (
        ("128bit", row.bits == 128), ("56bit", row.bits != 40),
        ("keyexchange", row.key_exch), ("ntlm2", row.ess))]


class SquidAcceptor(_NtlmAuth):
    """squid-2.5-ntlmssp: raw NTLM"""
    side, protocol = session.SERVER, "squid-2.5-ntlmssp"

    def __init__(self, row, account):
        super().__init__(row, _options("ntlmssp_server", row) + [
            "--username=" + account.user, "--domain=" + account.domain,
            "--password=" + account.password])

    def step(self, token):
        word, *rest = self.ask("YR" if wire.kind(token) == wire.NEGOTIATE else "KK",
                               token)
        if word == "TT":
            return base64.b64decode(rest[0])
        if word != "AF":
            raise Refused(" ".join([word, *rest]))
        self.done = True
        return None


class ClientInitiator(_NtlmAuth):
    """ntlmssp-client-1: raw NTLM"""
    side, protocol = session.CLIENT, "ntlmssp-client-1"

    def __init__(self, row, account):
        super().__init__(row, _options("ntlmssp_client", row) + [
            "--username=" + account.user, "--domain=" + account.domain,
            "--password=" + account.password,
            "--option=client ntlmv2 auth=" + ("yes" if row.response == "ntlmv2"
                                              else "no")])
        self.ask("SF NTLMSSP_FEATURE_SESSION_KEY" +
                 " NTLMSSP_FEATURE_SIGN" * row.protected +
                 " NTLMSSP_FEATURE_SEAL" * (row.protect == "seal"))

    def step(self, token):
        word, *rest = self.ask("YR" if token is None else "TT", token)
        if word not in ("YR", "KK", "AF") or not rest:
            raise Refused(" ".join([word, *rest]))
        self.done = word in ("KK", "AF") and token is not None
        return base64.b64decode(rest[0])


class SpnegoAcceptor(SquidAcceptor):
    """gss-spnego"""
    protocol = "gss-spnego"
    turn = 0

    def step(self, token):
        word, *rest = self.ask("KK" if self.turn else "YR", token)
        self.turn += 1
        if word not in ("TT", "AF"):
            raise Refused(" ".join([word, *rest]))
        self.done = word == "AF"
        return None if rest[0] == "*" else base64.b64decode(rest[0])


class SpnegoInitiator(ClientInitiator):
    """gss-spnego-client"""
    protocol = "gss-spnego-client"
    turn = 0

    def step(self, token):
        word, *rest = self.ask("TT" if self.turn else "YR", token)
        self.turn += 1
        if word not in ("KK", "AF", "YR", "TT"):
            raise Refused(" ".join([word, *rest]))
        self.done = word == "AF"
        return base64.b64decode(rest[0]) if rest and rest[0] != "*" else None
