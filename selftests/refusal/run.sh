#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A logon that the server refused must not be tried again, not by clients that
# log on at the same time, not after a crash of the daemon, and not by another
# spelling of the server: the judge is Samba's own log of logons. TAP.
set -u
. selftests/lib/samba.sh
. selftests/lib/ntlmd.sh
. selftests/lib/tap.sh
dir=/run/refusal
mkdir -p "$dir"

ask() { "$NTLM_BIN/rpc_shares" 127.0.0.1 >"$dir/answer" 2>"$dir/error"; }

# Logons that reached Samba's password check, by its result
logons() { grep -c "Auth: .*status \[$1\]" /var/log/samba/log.rpcd_classic; }

wrong() { logons NT_STATUS_WRONG_PASSWORD; }

logged() { grep -c -- "$1" "$dir/ntlmd.log"; }

waited() { logged 'authenticate waits'; }

until_logged() { # TIMES WORDS
	local end=$((SECONDS + 60))
	until [ "$(logged "$2")" -ge "$1" ]; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

until_registered() { until_logged "$1" 'registered with the kernel'; } # TIMES

# A client that never says what the server said: SILENT
silent_client() {
	local before
	before=$(logged 'server=DM')
	"$NTLM_BIN/ntlmd_request" -d 600 cifs/127.0.0.1 "$SAMBA_PASSWORD" >"$dir/silent" &
	silent=$!
	until_logged $((before + 1)) 'server=DM'
}

# Eight clients that have to wait for a silent one, until that one ends. Samba has
# five workers, so some of them get no CHALLENGE before: WAIT is 0 if four waited,
# SERVED is how many were served.
eight() {
	local i pids=() before
	before=$(waited)
	served=0
	silent_client
	for i in {1..8}; do
		"$NTLM_BIN/rpc_shares" -w 120 127.0.0.1 >"$dir/answer.$i" 2>"$dir/error.$i" &
		pids+=($!)
	done
	until_logged $((before + 4)) 'authenticate waits'
	wait=$?
	kill -KILL "$silent"
	for i in "${pids[@]}"; do
		wait "$i" && served=$((served + 1))
	done
}

configure() { # REFUSAL-HOLD [VERDICT-WAIT]
	printf '%s\n' '[policy]' "refusal-hold = $1" "verdict-wait = ${2:-10min}" \
		'blocked-targets = cifs/bad.example 192.0.2.1' >/etc/ntlmd/ntlmd.conf
}

# Its answer to a configuration: exit status 78 and the words on one line
refuses_config() { # FILE WORDS
	"$NTLM_BIN/ntlmd" --check-config --config "$1" >"$dir/check" 2>&1
	[ $? = 78 ] && grep -q -- "$1: .*$2" "$dir/check"
}

credential() { # PASSWORD [USER]
	ntlmd_credential file '[server]' 'uid = 0' 'target = cifs/127.0.0.1 cifs/elsewhere' \
		"user = ${2:-$SAMBA_USER}" "domain = $SAMBA_DOMAIN" "password = $1"
	sleep 0.5
}

SAMBA_LOG=3
# Samba's default: who is logged on may not call at this level.
SAMBA_GLOBAL='  allow dcerpc auth level connect = no'
samba_start /run/samba files 2>"$dir/samba" || { cat "$dir/samba"; exit 1; }
modprobe -a ntlm_rpc_test ntlm_test || exit 1
ntlmd_account
configure 15s
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
result "$((took > 10000))" later-attempts-fail-fast
result "$(grep -q 'this credential is not tried there again' "$dir/ntlmd.log"; echo $?)" log-says-how-long

credential wrong.2
ask
result "$([ "$(logons NT_STATUS_WRONG_PASSWORD)" = 2 ]; echo $?)" changed-credential-is-tried-once
ask
result "$([ "$(logons NT_STATUS_WRONG_PASSWORD)" = 2 ]; echo $?)" and-not-again
sleep 16
ask
result "$([ "$(logons NT_STATUS_WRONG_PASSWORD)" = 3 ]; echo $?)" tried-again-after-the-hold-time
sleep 16
ask
result "$([ "$(wrong)" = 3 ]; echo $?)" the-hold-time-has-doubled
for target in CIFS/127.0.0.1 cifs/127.0.0.1. cifs/127.0.0.1:445 cifs/127.1 \
	cifs/127.0.0.1/REALM cifs/::ffff:127.0.0.1; do
	"$NTLM_BIN/rpc_shares" -t "$target" 127.0.0.1 >"$dir/answer" 2>"$dir/error"
	grep -q 'Key was rejected' "$dir/error" || break
done
result "$([ "$target" = cifs/::ffff:127.0.0.1 ] && grep -q 'Key was rejected' "$dir/error" && [ "$(wrong)" = 3 ]; echo $?)" \
	no-spelling-of-the-target-is-tried

credential wrong.eight
eight
result "$wait" clients-wait-for-a-first-verdict
result "$([ "$served" = 0 ] && [ "$(wrong)" = 4 ]; echo $?)" eight-clients-are-one-wrong-logon
result "$([ "$(grep -l 'Key was rejected' "$dir"/error.[1-8] | wc -l)" = 7 ]; echo $?)" the-others-say-key-rejected

credential "$SAMBA_PASSWORD" nobody.here
ask
result "$([ "$(logons NT_STATUS_NO_SUCH_USER)" = 1 ]; echo $?)" unknown-user-is-refused
ask
result "$([ "$(logons NT_STATUS_NO_SUCH_USER)" = 1 ]; echo $?)" unknown-user-is-not-tried-again

credential "$SAMBA_PASSWORD"
eight
result "$wait" they-wait-with-the-right-password-too
result "$([ "$served" = 8 ]; echo $?)" and-all-eight-are-served
result "$([ "$(logons NT_STATUS_OK)" = 8 ]; echo $?)" samba-saw-them
# For a second after one was accepted, each time anew; a machine that is busy may
# need several tries.
for try in {1..5}; do
	went=$(($(logged 'accepted ctx') + 1))
	ask
	until_logged "$went" 'accepted ctx'
	before=$(waited)
	pids=()
	for i in {1..8}; do
		"$NTLM_BIN/rpc_shares" 127.0.0.1 >"$dir/answer.$i" 2>"$dir/error.$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	until_logged $((went + 8)) 'accepted ctx'
	[ "$(logged 'accepted ctx')" = $((went + 8)) ]
	served=$?
	[ "$served$(waited)" != "0$before" ] || break
done
echo "# after $try tries nobody waited"
result "$([ "$served$(waited)" = "0$before" ]; echo $?)" nobody-waits-once-it-was-accepted
ask
result $? right-password-works-at-once
for ((i = 0; i < 3; i++)); do
	ask || break
done
result "$([ "$i" = 3 ]; echo $?)" and-goes-on-working

"$NTLM_BIN/rpc_shares" -l connect 127.0.0.1 >"$dir/answer" 2>"$dir/error"
result "$(($? == 0))" level-connect-is-denied
result "$(grep -q 'Permission denied' "$dir/error"; echo $?)" level-connect-says-permission-denied
ask
result $? a-denied-level-is-no-refused-logon

# A client that never says what the server said, and two that wait for it
configure 10min
ntlmd_stop
ntlmd_start "$dir/ntlmd.log" || exit 1
silent_client
result $? silent-client-has-its-token
before=$(waited) went=$(logged 'authenticate ctx') said=$(logged 'accepted ctx')
"$NTLM_BIN/rpc_shares" -w 120 127.0.0.1 >"$dir/answer.1" 2>"$dir/error.1" &
first=$!
until_logged $((before + 1)) 'authenticate waits'
result $? another-client-waits
"$NTLM_BIN/rpc_shares" -w 120 127.0.0.1 >"$dir/answer.2" 2>"$dir/error.2" &
second=$!
until_logged $((before + 2)) 'authenticate waits'
result $? and-one-more
kill -KILL "$second"
until_logged 1 'its client does not wait any more'
result $? one-that-dies-is-dropped
"$NTLM_BIN/ntlmd_request" cifs/elsewhere "$SAMBA_PASSWORD" >"$dir/other"
result "$(grep -q 'proof=ok' "$dir/other"; echo $?)" another-target-does-not-wait
result "$([ "$(logged 'authenticate ctx')" = $((went + 1)) ]; echo $?)" the-other-one-still-waits
kill -KILL "$silent"
wait "$first"
result $? when-the-silent-one-ends-it-is-served
result "$([ "$(logged 'accepted ctx')" = $((said + 1)) ] && [ "$(waited)" = $((before + 2)) ]; echo $?)" \
	and-accepted

configure 10min 5s
ntlmd_stop
ntlmd_start "$dir/ntlmd.log" || exit 1
before=$(waited)
silent_client
"$NTLM_BIN/ntlmd_request" cifs/127.0.0.1 "$SAMBA_PASSWORD" >"$dir/other"
result "$(grep -q 'proof=ok' "$dir/other" && kill -0 "$silent" && [ "$(waited)" = $((before + 1)) ]; echo $?)" \
	a-silent-client-is-waited-for-no-longer-than-the-limit
kill -KILL "$silent"

for target in CIFS/Bad.EXAMPLE. cifs/bad.example:445 cifs/bad.example/127.0.0.1 \
	cifs/192.0.2.1 cifs/0xc0000201 cifs/::ffff:192.0.2.1 'cifs/bad.example '; do
	"$NTLM_BIN/ntlmd_request" "$target" x >"$dir/other"
	grep -q 'negotiate=EACCES' "$dir/other" || break
done
result "$([ "$target" = 'cifs/bad.example ' ] && grep -q 'negotiate=EACCES' "$dir/other"; echo $?)" \
	no-spelling-of-a-blocked-target-is-served
ntlmd_stop

# Under a service manager that keeps descriptors
python3 selftests/refusal/manager.py "$dir/notify" "$NTLM_BIN/ntlmd" --foreground \
	2>>"$dir/ntlmd.log" &
manager=$!
until_registered 4
result $? starts-under-a-service-manager
credential wrong.crash
before=$(wrong)
ask
result "$([ "$(wrong)" = $((before + 1)) ]; echo $?)" wrong-password-before-the-crash
kill -KILL "$(pgrep -P "$manager" -x ntlmd)"
until_registered 5
result $? is-started-again-after-a-crash
ask
result "$([ "$(wrong)" = $((before + 1)) ] && grep -q 'Key was rejected' "$dir/error"; echo $?)" \
	the-refusal-outlives-the-crash
kill -KILL "$(pgrep -P "$manager" -x ntlmd)"
until_registered 6
ask
result "$([ "$(wrong)" = $((before + 1)) ] && grep -q 'Key was rejected' "$dir/error"; echo $?)" \
	and-another-one
credential "$SAMBA_PASSWORD"
ask
result $? the-right-password-works-at-once-after-it
credential wrong.crash
ask
result "$([ "$(wrong)" = $((before + 1)) ]; echo $?)" the-wrong-one-is-still-known
kill "$manager"
wait "$manager"
ntlmd_start "$dir/ntlmd.log" || exit 1
ask
result "$([ "$(wrong)" = $((before + 2)) ]; echo $?)" what-is-not-carried-over-is-forgotten

# The configuration is the administrator's, or it is refused
conf=/etc/ntlmd/try.conf
printf '[policy]\n' >"$conf"
chmod 0644 "$conf"
"$NTLM_BIN/ntlmd" --check-config --config "$conf" >"$dir/check" 2>&1
result $? config-of-root-is-accepted
chmod 0664 "$conf"
refuses_config "$conf" "chmod go-w '$conf'"
result $? config-that-a-group-may-write-is-refused
chmod 0646 "$conf"
refuses_config "$conf" "chmod go-w '$conf'"
result $? config-that-others-may-write-is-refused
chmod 0644 "$conf"
chown ntlmd "$conf"
refuses_config "$conf" "chown 0 '$conf'"
result $? config-of-another-owner-is-refused
chown root "$conf"
ln -s "$conf" /etc/ntlmd/link.conf
refuses_config /etc/ntlmd/link.conf 'symbolic link'
result $? config-behind-a-symlink-is-refused
ln -s /etc/ntlmd /etc/ntlmd.link
refuses_config /etc/ntlmd.link/try.conf 'symbolic link'
result $? config-in-a-symlinked-directory-is-refused
mkdir -m 0777 /etc/ntlmd.open
cp "$conf" /etc/ntlmd.open/try.conf
"$NTLM_BIN/ntlmd" --check-config --config /etc/ntlmd.open/try.conf >"$dir/check" 2>&1
result "$([ $? = 78 ] && grep -q "chmod go-w '/etc/ntlmd.open'" "$dir/check"; echo $?)" \
	config-in-a-directory-that-others-may-write-is-refused
chmod 0666 /etc/ntlmd/ntlmd.conf
kill -HUP "$NTLMD_PID"
sleep 1
result "$(grep -q 'the previous configuration stays in force' "$dir/ntlmd.log"; echo $?)" \
	a-reload-refuses-it-as-well

ntlmd_stop
samba_stop /run/samba
[ "$tap_failed" = 0 ] || {
	sed 's/^/# /' "$dir/ntlmd.log" "$dir/error"
	grep "Auth:" /var/log/samba/log.rpcd_classic | sed "s/^/# /"
}
tap_done
