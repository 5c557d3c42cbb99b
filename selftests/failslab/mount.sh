#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# mount.sh can|start|stop: a Samba with the share files, an ntlmd with the
# credential of its user writer, and our cifs.ko, for mount.c. "can" says whether
# there is that cifs.ko.
set -u
. selftests/lib/smb.sh

case $1 in
can) modinfo -F parm cifs 2>/dev/null | grep -q '^ntlm_overlay:' ;;
start)
	smb_start files && smb_users writer && smb_credential 0 'cifs/127.0.0.1' writer &&
		ntlmd_start "$SMB_LOG" </dev/null >/dev/null
	;;
stop) samba_stop "$SMB_SERVER" ;;
esac
