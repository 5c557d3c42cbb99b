#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""provision.py FILE: make FILE, the state of a domain controller of a new Active
Directory domain, for domain.sh.

At build time and not in the guest, where it takes minutes. Needs no root and no
network, and starts nothing.
"""

import logging
import os
import shutil
import subprocess
import sys
import tempfile

from samba import dsdb
from samba.auth import system_session
from samba.param import LoadParm
from samba.provision import provision
from samba.samdb import SamDB

PASSWORD = "Passw0rd.1"


def make(top):
    logger = logging.getLogger()
    logger.setLevel(logging.WARNING)
    conf = os.path.join(top, "new.conf")
    with open(conf, "w", encoding="ascii") as f:
        f.write("[global]\n")
    target = os.path.join(top, "dc")
    provision(logger, system_session(), smbconf=conf, targetdir=target,
              realm="WB.TEST", domain="WBDOM", hostname="dc1",
              hostip="10.77.0.1", adminpass=PASSWORD,
              dns_backend="SAMBA_INTERNAL",
              serverrole="active directory domain controller",
              dom_for_fun_level=dsdb.DS_DOMAIN_FUNCTION_2008_R2,
              skip_sysvolacl=True)

    param = LoadParm()
    param.load(os.path.join(target, "etc", "smb.conf"))
    sam = SamDB(url=os.path.join(target, "private", "sam.ldb"),
                session_info=system_session(param), lp=param)
    # What is built today is tested in months.
    sam.set_maxPwdAge(0)
    for user in ("alice", "bob", "carol"):
        sam.newuser(user, PASSWORD)
    sam.disable_account("(sAMAccountName=carol)")
    for name in ("etc", "cache"):
        shutil.rmtree(os.path.join(target, name), ignore_errors=True)


def main():
    file = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as top:
        make(top)
        with open(file + ".new", "wb") as out, \
             subprocess.Popen(["tar", "-C", top, "-c", "dc"],
                              stdout=subprocess.PIPE) as tar:
            subprocess.run(["zstd", "-q", "-c"], stdin=tar.stdout, stdout=out,
                           check=True)
        if tar.returncode:
            sys.exit("tar failed")
    os.rename(file + ".new", file)


if __name__ == "__main__":
    main()
