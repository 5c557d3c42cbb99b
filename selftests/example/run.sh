#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The example of the client author's guide against gss-ntlmssp. TAP.
set -u
. selftests/lib/ntlmd.sh
. selftests/lib/tap.sh
dir=/run/example
mkdir -p "$dir"
export NTLM_USER_FILE=$dir/users

serve() { # PORT: the server of one connection, its pid in $server
	"$NTLM_BIN/example_server" "$1" >"$dir/server.$1" 2>&1 &
	server=$!
	for ((i = 0; i < 200; i++)); do
		grep -q ready "$dir/server.$1" && return
		sleep 0.05
	done
}

echo 'EXAMPLE:alice:Secret.1' >"$NTLM_USER_FILE"
modprobe ntlm
ntlmd_account
ntlmd_credential example '[alice]' 'uid = 0' 'target = example/localhost' \
	'user = alice' 'domain = EXAMPLE' 'password = Secret.1'
ntlmd_start "$dir/ntlmd.log" || exit 1

serve 4000
modprobe ntlm_example port=4000
result $? client-loads
wait "$server"
result $? server-is-content
result "$(grep -q 'the client says: hello from the kernel' "$dir/server.4000"; echo $?)" server-unseals-the-message
result "$(dmesg | grep -q 'the server says: hello from user space'; echo $?)" client-unseals-the-answer
rmmod ntlm_example

echo 'EXAMPLE:alice:Secret.2' >"$NTLM_USER_FILE"
serve 4001
modprobe ntlm_example port=4001 2>"$dir/modprobe.err"
result "$(($? == 0))" wrong-password-fails
wait "$server"
result "$(grep -q 'the logon was refused' "$dir/server.4001"; echo $?)" server-refuses-the-logon
sleep 0.2
serve 4002
modprobe ntlm_example port=4002 2>>"$dir/modprobe.err"
result "$(($? == 0))" refusal-is-remembered
wait "$server"
result "$(grep -c 'the logon was refused' "$dir/server.4002")" nothing-is-sent-again
ntlmd_stop
[ "$tap_failed" = 0 ] || sed 's/^/# /' "$dir"/ntlmd.log "$dir"/server.* "$dir"/modprobe.err
tap_done
