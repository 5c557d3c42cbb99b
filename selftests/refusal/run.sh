#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A logon that the server refused must not be tried again: the judge is Samba's
# own log of logons. TAP.
set -u
. selftests/lib/samba.sh
. selftests/lib/ntlmd.sh
number=0 failed=0
dir=/run/refusal
mkdir -p "$dir"

result() { # STATUS NAME
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		failed=1
	fi
}

ask() { "$NTLM_BIN/rpc_shares" 127.0.0.1 >"$dir/answer" 2>"$dir/error"; }

# Logons that reached Samba's password check, by its result
logons() { grep -c "Auth: .*status \[$1\]" /var/log/samba/log.rpcd_classic; }

credential() { # PASSWORD [USER]
	ntlmd_credential file '[server]' 'uid = 0' 'target = cifs/127.0.0.1' \
		"user = ${2:-$SAMBA_USER}" "domain = $SAMBA_DOMAIN" "password = $1"
	sleep 0.5
}

SAMBA_LOG=3
# Samba's default: who is logged on may not call at this level.
SAMBA_GLOBAL='  allow dcerpc auth level connect = no'
samba_start /run/samba files 2>"$dir/samba" || { cat "$dir/samba"; exit 1; }
modprobe ntlm_rpc_test || exit 1
ntlmd_account
printf '[policy]\nrefusal-hold = 6s\n' >/etc/ntlmd/ntlmd.conf
credential wrong.1
ntlmd_start "$dir/ntlmd.log" || exit 1

ask
result "$(($? == 0))" wrong-password-is-refused
result "$([ "$(logons NT_STATUS_WRONG_PASSWORD)" = 1 ]; echo $?)" samba-saw-one-wrong-password
start=$EPOCHREALTIME
for ((i = 0; i < 5; i++)); do
	ask && break
done
took=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000))
result "$([ "$i" = 5 ]; echo $?)" later-attempts-fail
result "$(grep -q 'Key was rejected' "$dir/error"; echo $?)" later-attempts-say-key-rejected
result "$([ "$(logons NT_STATUS_WRONG_PASSWORD)" = 1 ]; echo $?)" nothing-more-reached-samba
result "$((took > 5000))" later-attempts-fail-fast
result "$(grep -q 'this credential is not tried there again' "$dir/ntlmd.log"; echo $?)" log-says-how-long

credential wrong.2
ask
result "$([ "$(logons NT_STATUS_WRONG_PASSWORD)" = 2 ]; echo $?)" changed-credential-is-tried-once
ask
result "$([ "$(logons NT_STATUS_WRONG_PASSWORD)" = 2 ]; echo $?)" and-not-again
sleep 7
ask
result "$([ "$(logons NT_STATUS_WRONG_PASSWORD)" = 3 ]; echo $?)" tried-again-after-the-hold-time

credential "$SAMBA_PASSWORD" nobody.here
ask
result "$([ "$(logons NT_STATUS_NO_SUCH_USER)" = 1 ]; echo $?)" unknown-user-is-refused
ask
result "$([ "$(logons NT_STATUS_NO_SUCH_USER)" = 1 ]; echo $?)" unknown-user-is-not-tried-again

credential "$SAMBA_PASSWORD"
ask
result $? right-password-works-at-once
result "$([ "$(logons NT_STATUS_OK)" = 1 ]; echo $?)" samba-saw-it
for ((i = 0; i < 3; i++)); do
	ask || break
done
result "$([ "$i" = 3 ]; echo $?)" and-goes-on-working

"$NTLM_BIN/rpc_shares" -l connect 127.0.0.1 >"$dir/answer" 2>"$dir/error"
result "$(($? == 0))" level-connect-is-denied
result "$(grep -q 'Permission denied' "$dir/error"; echo $?)" level-connect-says-permission-denied
ask
result $? a-denied-level-is-no-refused-logon

ntlmd_stop
samba_stop /run/samba
[ "$failed" = 0 ] || {
	sed 's/^/# /' "$dir/ntlmd.log" "$dir/error"
	grep "Auth:" /var/log/samba/log.rpcd_classic | sed "s/^/# /"
}
echo "1..$number"
exit "$failed"
