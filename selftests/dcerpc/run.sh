#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The RPC client of the kernel that runs here: against Samba, against a server
# that misbehaves, and what is its own (sockets, signals, namespaces). TAP.
# Names of tests as arguments run these alone.
set -u
. selftests/lib/samba.sh
. selftests/lib/ntlmd.sh
dir=/run/dcerpc
mkdir -p "$dir"

# Enough shares for answers of many fragments
mapfile -t shares < <(seq -f 'share%03g' 80)
samba_start /run/samba "${shares[@]}" 2>"$dir/samba" || { cat "$dir/samba"; exit 1; }
modprobe ntlm_rpc_test || exit 1
ntlmd_account
ntlmd_credential test '[samba]' 'uid = 0' 'target = cifs/127.0.0.1' \
	"user = $SAMBA_USER" "domain = $SAMBA_DOMAIN" "password = $SAMBA_PASSWORD" \
	'[rogue]' 'uid = 0' 'target = host/rogue-*' \
	"user = $SAMBA_USER" "domain = $SAMBA_DOMAIN" "password = $SAMBA_PASSWORD"
ntlmd_start "$dir/ntlmd.log" || exit 1

status=0
for program in dcerpc_test hostile_test local_test; do
	"${NTLM_BIN:?}/$program" "$@" | tee "$dir/$program.tap"
	[ "${PIPESTATUS[0]}" = 0 ] && continue
	# With names given, a program may have none of these tests.
	[ $# -gt 0 ] && grep -qxF '1..0' "$dir/$program.tap" || status=1
done
[ "$status" = 0 ] || tail -n 40 "$dir/ntlmd.log" | sed 's/^/# /'
ntlmd_stop
samba_stop /run/samba
exit "$status"
