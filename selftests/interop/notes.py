# SPDX-License-Identifier: GPL-2.0-or-later
"""What peers cannot do, or do otherwise than the specification, row by row; and what
is altered on the way, so that the two become what they would not by themselves.
"""

from dataclasses import dataclass

import wire


@dataclass(frozen=True)
class Note:
    """text: what the table says; says: pattern of what is then heard from the side
    that does not go on, or of what was different on the wire

    exchange: it does not become what the row says; messages: the exchange does,
    but there are messages that one side refuses; mic: there is none although there
    is a timestamp. Without these, all works and the text is only to be known.
    """
    text: str
    says: str = ""
    exchange: bool = False
    messages: bool = False
    mic: bool = False

    @property
    def works(self):
        return not self.exchange and not self.messages


# Columns in which neither side leaves out what it can do
STUBBORN = {"kernel", "gss-initiator"}


def _taken(column, row):
    """Flags that are taken out of the NEGOTIATE_MESSAGE on the way."""
    flags = 0
    if column in STUBBORN:
        if not row.key_exch:
            flags |= wire.KEY_EXCH
        if row.bits != 128:
            flags |= wire.KEY_128
        if row.bits == 40:
            flags |= wire.KEY_56
    if column in STUBBORN | {"gss-acceptor"}:
        if not row.ess:
            flags |= wire.ESS
        if not row.ess and not row.lm_key:
            flags |= wire.LM_KEY
    if column == "gss-initiator" and row.protect == "dummy":
        flags |= wire.SIGN | wire.SEAL | wire.KEY_EXCH
    if column in ("kernel", "gensec-acceptor") and row.charset == "oem":
        flags |= wire.UNICODE
    return flags


def alteration(column, row):
    """A function that alters the messages of the exchange, or None."""
    taken = _taken(column, row)
    numb = column == "gss-initiator" and row.datagram and row.protect == "sign"
    if not taken and not numb and row.timestamp:
        return None

    def alter(token):
        kind = wire.kind(token) if token.startswith(wire.MAGIC) else None
        if kind == wire.NEGOTIATE:
            return wire.without_flags(token, taken)
        if kind == wire.CHALLENGE and not row.timestamp:
            return wire.without_timestamp(token)
        if kind == wire.CHALLENGE and numb:
            return wire.without_flags(token, wire.SEAL)
        return token

    return alter


ECHO = Note("the acceptor wants its AV pairs back as it sent them, so the timestamp"
            " cannot be taken out on the way, and it always sends one",
            says="EPROTO, to the peer 0xc000000d|An invalid parameter", exchange=True)
MIC_NOTICES = Note("both sides offer and take all that they can do; what is taken out"
                   " on the way is noticed by the MIC",
                   says="EBADMSG, to the peer 0xc000000d", exchange=True)
ALTERED = Note("flags that would be negotiated were taken out on the way, which is not"
               " noticed without a MIC")
NO_TIMESTAMP = Note("the timestamp was taken out of the CHALLENGE_MESSAGE on the way, as"
                    " of a server that sends none: then there is no MIC either")
GSS_PAD = Note("gss-ntlmssp compares RandomPad, against [MS-NLMP] 3.4.4.1: it has to be"
               " sent as 0. (What is not wanted is taken out of NEGOTIATE on the way.)")
SAMBA_PAD = Note("Samba sends RandomPad encrypted, as the example of [MS-NLMP] 4.2.2.4 and"
                 " not as 3.4.4.1: a receiver has to ignore it")
SAMBA_NO_DATAGRAM = Note("Samba has no connectionless mode",
                         says="An invalid parameter|EINVAL", exchange=True)
SAMBA_NO_DUMMY = Note("Samba makes and verifies no dummy signatures (and sends no MIC if"
                      " there is to be no session key)",
                      says="An invalid parameter", messages=True, mic=True)
SAMBA_NO_LM_HASH = Note("Samba has no LM hashes any more, so as an acceptor no LM_KEY"
                        " either",
                        says="Access Denied", exchange=True)
SAMBA_LM_KEY = Note("with LM_KEY, Samba's messages have another key than the one of"
                    " [MS-NLMP] 3.4.5.3, on which the kernel and gss-ntlmssp agree",
                    says="EBADMSG|Access Denied", messages=True)
SAMBA_UNICODE = Note("Samba takes UNICODE whenever it is offered; taken out on the way,"
                     " the MIC notices",
                     says="An invalid parameter", exchange=True)
SAMBA_NO_BINDINGS = Note("Samba's gensec of this version does not look at the channel"
                         " bindings that the kernel sends")
SAMBA_ANY_BINDINGS = Note("Samba's gensec of this version does not look at the channel"
                          " bindings: other ones are accepted", exchange=True)
SAMBA_GIVES_NO_BINDINGS = Note("Samba's gensec has no way to give channel bindings,"
                               " which the kernel's server requires here",
                               says="0xc000035b", exchange=True)
SAMBA_V1 = Note("Samba answers with NTLMv1 where EXTENDED_SESSIONSECURITY was not"
                " negotiated",
                says="response ntlmv1$", exchange=True)
GSS_ESS = Note("gss-ntlmssp as an acceptor takes EXTENDED_SESSIONSECURITY whenever it is"
               " offered; taken out on the way, the MIC notices",
               says="Invalid token", exchange=True)
GSS_NO_ANONYMOUS = Note("gss-ntlmssp as an acceptor lets nobody in without a name",
                        says="Feature not supported", exchange=True)
GSS_NO_CREDENTIAL = Note("gss-ntlmssp has no credential for an initiator without a name",
                         says="Not a user name", exchange=True)
GSS_SIGN = Note("gss-ntlmssp as an initiator always asks for SIGN, and gives up without",
                says="A required Negotiate flag", exchange=True)
GSS_NO_FIRST_LEG = Note("GSSAPI does not know whom to ask before there is a token, so"
                        " gss-ntlmssp as an acceptor cannot begin with CHALLENGE",
                        says="No credentials were supplied", exchange=True)
GSS_NO_MIC = Note("gss-ntlmssp sends no MIC unless SPNEGO around it can do mechListMIC",
                  mic=True)
GSS_DATAGRAM_SEAL = Note("gss-ntlmssp seals a datagram with the key of the one before,"
                         " against [MS-NLMP] 3.4.3 and 3.4.4 (and sends no MIC)",
                         says="sealed by the initiator: the kernel says EBADMSG|"
                         "sealed by the acceptor: Major", messages=True, mic=True)
NTLM_AUTH_NO_ESS = Note("without EXTENDED_SESSIONSECURITY, ntlm-auth has a key stream and"
                        " a number for each direction; [MS-NLMP] 3.4 has one for both",
                        says="checksum does not match|the kernel says EBADMSG",
                        messages=True)
IMPACKET_LM_KEY = Note("impacket's KXKEY() for LM_KEY raises TypeError under Python 3",
                       says="unsupported operand", exchange=True)
IMPACKET_ANONYMOUS = Note("impacket raises TypeError for an anonymous logon under"
                          " Python 3",
                          says="concat str to bytes", exchange=True)


def gensec_acceptor(row):
    if row.lm_key:
        return SAMBA_NO_LM_HASH
    if not row.timestamp:
        return ECHO
    if row.charset == "oem":
        return SAMBA_UNICODE if row.mic else ALTERED
    if row.bindings:
        return SAMBA_ANY_BINDINGS if row.other_bindings else SAMBA_NO_BINDINGS
    if row.protect == "dummy":
        return SAMBA_NO_DUMMY
    if row.datagram:
        return SAMBA_NO_DATAGRAM
    return None if row.ess else SAMBA_PAD


def gensec_initiator(row):
    if row.lm_key:
        return SAMBA_LM_KEY
    if not row.ess and row.response == "ntlmv2":
        return SAMBA_V1
    if not row.timestamp:
        return ECHO
    if row.bindings:
        return SAMBA_GIVES_NO_BINDINGS
    if row.protect == "dummy":
        return SAMBA_NO_DUMMY
    if row.datagram:
        return SAMBA_NO_DATAGRAM
    return None if row.ess else SAMBA_PAD


def gss_acceptor(row):
    if row.datagram:
        return GSS_NO_FIRST_LEG
    if row.response == "anonymous":
        return GSS_NO_ANONYMOUS
    if not row.ess and row.mic:
        return GSS_ESS
    if not row.ess:
        return GSS_PAD
    return None if row.timestamp else NO_TIMESTAMP


def gss_initiator(row):
    if row.datagram and row.protect == "seal":
        return GSS_DATAGRAM_SEAL
    if not row.timestamp:
        return ECHO
    if row.response == "anonymous":
        return GSS_NO_CREDENTIAL
    if row.protect == "dummy":
        return GSS_SIGN
    if row.mic and not row.spnego:
        return GSS_NO_MIC
    if not row.ess:
        return GSS_PAD
    return ALTERED if _taken("gss-initiator", row) else None


def kernel(row):
    if not row.timestamp:
        return ECHO
    if not _taken("kernel", row):
        return None
    return MIC_NOTICES if row.mic else ALTERED


def impacket(row):
    if row.lm_key:
        return IMPACKET_LM_KEY
    return IMPACKET_ANONYMOUS if row.response == "anonymous" else None


def ntlm_auth(row):
    return None if row.ess else NTLM_AUTH_NO_ESS


def nothing(row):
    return None
