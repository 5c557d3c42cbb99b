#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In the guest: an ntlmd and modules of different versions. TAP.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source=SCRIPTDIR/../lib/ntlmd.sh
. "$here/../lib/ntlmd.sh"
# shellcheck source=SCRIPTDIR/../lib/tap.sh
. "$here/../lib/tap.sh"
bin=${NTLM_BIN:?}
work=$(mktemp -d)
log=$work/log
proof='negotiate=EINPROGRESS authenticate=0 proof=ok key=same user=LAB\alice'

diagnose() { tail -n 8 "$log" "$work/out" 2>/dev/null | sed 's/^/# /'; }
wait_for() { # TEXT FILE
	local i
	for ((i = 0; i < 200; i++)); do
		grep -qF -- "$1" "$2" && return 0
		sleep 0.05
	done
	return 1
}

ntlmd_account
ntlmd_credential lab '[lab]' 'uid = 0' 'target = cifs/server cifs/other' 'user = alice' \
	'domain = LAB' 'password = Fir5t.Password'
printf '%s\n' '[acceptor]' 'enabled = yes' 'netbios-name = SERVER' 'netbios-domain = LAB' \
	'accounts = /etc/ntlmd/accounts.conf' >/etc/ntlmd/ntlmd.conf
(umask 077 && printf '%s\n' '[alice]' 'user = alice' 'password = Fir5t.Password' \
	>/etc/ntlmd/accounts.conf)
chown root:ntlmd /etc/ntlmd/accounts.conf
chmod 0640 /etc/ntlmd/accounts.conf
modprobe ntlm_test
ntlmd_start "$log"
result $? helper-registers
"$bin/ntlmctl" status >"$work/out" 2>&1
[ "$(grep -c "helper: registered, pid $NTLMD_PID" "$work/out")" = 1 ]
result $? status-names-the-helper
"$bin/ntlmctl" monitor >"$work/monitor" 2>"$work/monitor.err" &
monitor=$!
wait_for listening "$work/monitor.err"
"$bin/ntlmd_request" -r 0 cifs/server Fir5t.Password >"$work/out" 2>&1
[ "$(cat "$work/out")" = "$proof" ]
result $? exchange-proves-the-password
wait_for 'accepted ctx=' "$log"
result $? verdict-arrives
"$bin/ntlmd_request" -r 0xC000006D cifs/other Fir5t.Password >"$work/out" 2>&1
wait_for 'refused ctx=' "$log"
"$bin/ntlmd_request" cifs/other Fir5t.Password >"$work/out" 2>&1
[ "$(cat "$work/out")" = negotiate=EKEYREJECTED ]
result $? refusal-is-remembered
"$bin/ntlmd_pair" cifs/server >"$work/out" 2>&1
result $? server-works
"$bin/ntlmd_pair" -s cifs/server >"$work/out" 2>&1
result $? spnego-works
"$bin/ntlmd_request" -d 30 cifs/server Fir5t.Password >/dev/null &
keeper=$!
for ((i = 0; i < 100; i++)); do
	"$bin/ntlmctl" --json contexts >"$work/out" 2>&1
	grep -q '"state": "established".*"target": "cifs/server"' "$work/out" && break
	sleep 0.1
done
grep -q '"state": "established".*"target": "cifs/server"' "$work/out"
result $? contexts-are-shown
kill "$keeper"
wait "$keeper" 2>/dev/null
wait_for closed "$work/monitor"
grep -q 'established .*target=cifs/server' "$work/monitor" && grep -q 'refused .*target=cifs/other' "$work/monitor"
result $? events-are-followed
kill -INT "$monitor"
wait "$monitor"
ntlmd_stop
[ "$(dmesg | grep -cE 'netlink: .*attribute|ntlm: (answer|uid)')" = 0 ]
result $? kernel-complains-of-nothing
tap_done
