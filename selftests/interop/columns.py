# SPDX-License-Identifier: GPL-2.0-or-later
"""The columns of the matrix: who plays which role, and what they cannot do."""

import gensec
import gss
import kernel
import libraries
import notes
import rpc
import samba_helper
from account import ACCOUNT

# Of all cells of a column
NOT_EMPTY = " (it refuses messages of no bytes: none are sent)"
SESSION = (" (it has no messages: they are session.py's, with the session key and the"
           " flags that it tells)")

# What has no column here
ELSEWHERE = (
    "smbd, the kernel as its client: suites smb-*, with cifs.ko",
    "samba-dcerpcd, the kernel as its client: suite dcerpc",
    "smbclient: no server of SMB in the kernel uses ntlm.ko; its NTLM is that of gensec",
)

TITLES = {}
COLUMNS = []


def level(row):
    """LmCompatibilityLevel of the kernel's initiator that gives a response; there
    is an ntlmd in a network namespace of its own for each."""
    if row.response in ("ntlmv2", "anonymous"):
        return 3
    if row.response == "ntlmv1-lm":
        return 0
    return 2


class Column:
    """A pair of peers.

    name: of the peer that is not the kernel, with its role; title: of the table;
    initiator, acceptor: classes, or functions that make an end of a row; rows:
    which rows it has, a function; note: what is to be said of a row, a function;
    slow: several cells share a process, because the peer takes long to start
    """

    def __init__(self, name, title, initiator, acceptor, rows, note, slow=False):
        self.name, self.initiator, self.acceptor = name, initiator, acceptor
        self.slow = slow
        self.takes, self.note = rows, note
        TITLES[name] = title
        COLUMNS.append(self)

    def ends(self, row):
        kernel.enter(f"interop{level(row)}")
        return self.initiator(row), self.acceptor(row)

    def alter(self, row):
        return notes.alteration(self.name, row)


def account(maker):
    return lambda row: maker(row, ACCOUNT)


def everything(row):
    """Rows that are not of one peer alone."""
    return not row.no_mic and row.response != "lm"


def some(*names):
    """Rows of these names."""
    return lambda row: row.name in names


def cifs_acceptor(row):
    """impacket says that it wants cifs, at the name that the server has."""
    return kernel.Acceptor(row, "cifs/" + rpc.NAME)


class RpcClient(Column):
    """Calls of Samba's rpcclient instead of tokens and messages."""

    def run(self, row, rng, count):
        kernel.enter(f"interop{level(row)}")
        return rpc.run(row, ACCOUNT, rng, count)


RpcClient("rpcclient", "Samba's rpcclient, the kernel as a server of DCE/RPC", None, None,
          some("seal-128-ess-ntlmv2", "sign-128-ess-ntlmv2", "seal-128-ess-ntlm2",
               "spnego-seal-128-ess-ntlmv2", "spnego-sign-128-ess-ntlmv2"),
          notes.nothing)
Column("gensec-acceptor", "the kernel as initiator, Samba's gensec as acceptor",
       kernel.Initiator, gensec.Acceptor, everything, notes.gensec_acceptor, slow=True)
Column("gensec-initiator", "Samba's gensec as initiator, the kernel as acceptor",
       account(gensec.Initiator), kernel.Acceptor,
       lambda row: everything(row) and not row.other_bindings, notes.gensec_initiator)
Column("gss-acceptor", "the kernel as initiator, gss-ntlmssp as acceptor" + NOT_EMPTY,
       kernel.Initiator, gss.Acceptor, everything, notes.gss_acceptor)
Column("gss-initiator", "gss-ntlmssp as initiator, the kernel as acceptor" + NOT_EMPTY,
       account(gss.Initiator), kernel.Acceptor, everything, notes.gss_initiator)
Column("kernel", "the kernel in both roles",
       kernel.Initiator, kernel.Acceptor, everything, notes.kernel)
Column("squid-2.5-ntlmssp", "the kernel as initiator, ntlm_auth as acceptor" + SESSION,
       kernel.Initiator, account(samba_helper.SquidAcceptor), some(
           "seal-128-ess-ntlmv2", "sign-128-ess-ntlmv2", "seal-56-ess-nokx-ntlmv2",
           "seal-128-ess-ntlm2", "seal-128-noess-ntlmv1", "sign-40-noess-ntlmv2"),
       notes.nothing)
Column("ntlmssp-client-1", "ntlm_auth as initiator, the kernel as acceptor" + SESSION,
       account(samba_helper.ClientInitiator), kernel.Acceptor, some(
           "seal-128-ess-ntlmv2", "sign-128-ess-ntlmv2", "seal-56-ess-nokx-ntlmv2",
           "seal-128-ess-ntlm2", "seal-128-noess-ntlmv1", "sign-40-noess-ntlmv1"),
       notes.nothing)
Column("gss-spnego", "the same, SPNEGO" + SESSION,
       kernel.Initiator, account(samba_helper.SpnegoAcceptor), some(
           "spnego-seal-128-ess-ntlmv2", "spnego-sign-128-ess-ntlmv2"), notes.nothing)
Column("gss-spnego-client", "the same, SPNEGO" + SESSION,
       account(samba_helper.SpnegoInitiator), kernel.Acceptor, some(
           "spnego-seal-128-ess-ntlmv2", "spnego-sign-128-ess-ntlmv2"), notes.nothing)
Column("impacket", "impacket as initiator, the kernel as acceptor",
       account(libraries.Impacket), cifs_acceptor, some(
           "seal-128-ess-ntlmv2-nomic", "seal-128-ess-ntlm2", "sign-128-noess-ntlmv1-lm",
           "seal-56-noess-lmkey-lm", "seal-40-noess-lmkey-lm", "anonymous"),
       notes.impacket)
Column("ntlm-auth", "ntlm-auth as initiator, the kernel as acceptor (it offers OEM only)",
       account(libraries.NtlmAuth), kernel.Acceptor, some(
           "seal-128-ess-ntlmv2-oem", "sign-128-ess-ntlmv2-oem", "seal-128-ess-ntlmv2-oem-cb",
           "seal-128-ess-ntlm2-oem", "seal-128-noess-ntlmv1-lm-oem"),
       notes.ntlm_auth)
