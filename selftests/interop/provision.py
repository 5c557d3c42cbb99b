# SPDX-License-Identifier: GPL-2.0-or-later
"""provision.py DIR: an account database for Samba's gensec as a server, which wants
one of the kind that a domain controller has; with the one account of the matrix.
"""

import logging
import os
import sys

from samba import param
from samba.auth import system_session
from samba.provision import provision
from samba.samdb import SamDB

from account import ACCOUNT


def main(directory):
    os.makedirs(directory)
    session = system_session()
    provision(logging.getLogger(), session, targetdir=directory,
              realm="interop.example", domain=ACCOUNT.domain, hostname="GENSEC",
              serverrole="standalone server", dns_backend="NONE",
              hostip="127.0.0.1", hostip6="::1")
    lp = param.LoadParm()
    lp.load(os.path.join(directory, "etc/smb.conf"))
    sam = SamDB(url=os.path.join(directory, "private/sam.ldb"),
                session_info=session, lp=lp)
    sam.newuser(ACCOUNT.user, ACCOUNT.password)


main(sys.argv[1])
