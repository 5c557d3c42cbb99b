#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ntlmd and ntlmctl against the kernel that runs here, as root, in a guest whose
# files are thrown away. TAP.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source=SCRIPTDIR/../lib/ntlmd.sh
. "$here/../lib/ntlmd.sh"
# shellcheck source=SCRIPTDIR/../lib/tap.sh
. "$here/../lib/tap.sh"
bin=${NTLM_BIN:?}
work=$(mktemp -d)
chmod 755 "$work"
log=$work/log

diagnose() {
	[ ! -s "$log" ] || tail -n 12 "$log" | sed 's/^/# log: /'
}

# has NAME TEXT FILE: does the file contain the text?
has() {
	grep -qF -- "$2" "$3"
	result $? "$1"
}

# wait_for TEXT FILE: until the file contains the text, at most 10 s
wait_for() {
	local i
	for ((i = 0; i < 200; i++)); do
		grep -qF -- "$1" "$2" && return 0
		sleep 0.05
	done
	return 1
}

# soon TEXT FILE: the same, and long before ntlmd asks for the module by itself
soon() {
	local since=$SECONDS
	wait_for "$@" && [ "$((SECONDS - since))" -lt 15 ]
}

request() { "$bin/ntlmd_request" "$@"; }
pair() { "$bin/ntlmd_pair" "$@"; }
proof='negotiate=EINPROGRESS authenticate=0 proof=ok key=same user=LAB\alice'
wrong='negotiate=EINPROGRESS authenticate=0 proof=wrong key=other user=LAB\alice'

lab() { # PASSWORD [LINE...]
	local password=$1
	shift
	ntlmd_credential lab '[lab]' 'uid = 0' 'target = cifs/server cifs/other' \
		'user = alice' 'domain = LAB' "password = $password" "$@"
}

# --- without the module, without the account ------------------------------

helper=$(cat /proc/sys/kernel/modprobe)
echo /bin/false >/proc/sys/kernel/modprobe
ntlmd_account
"$bin/ntlmctl" status >"$work/out" 2>&1
is ctl-without-module-exits-3 3 $?
has ctl-without-module-names-the-fix 'modprobe ntlm' "$work/out"
"$bin/ntlmd" --foreground >"$log" 2>&1
is without-module-exits-69 69 $?
has without-module-names-the-fix 'modprobe ntlm' "$log"
echo "$helper" >/proc/sys/kernel/modprobe

"$bin/ntlmctl" status >"$work/out" 2>&1
is ctl-loads-the-module-and-exits-1-without-helper 1 $?
has ctl-without-helper-names-the-fix 'systemctl restart ntlmd' "$work/out"
"$bin/ntlmctl" nosuchverb >"$work/out" 2>&1
is ctl-wrong-usage-exits-2 2 $?
setpriv --reuid ntlmd --regid ntlmd --clear-groups "$bin/ntlmctl" contexts >"$work/out" 2>&1
is ctl-unprivileged-exits-5 5 $?
has ctl-unprivileged-names-the-reason CAP_NET_ADMIN "$work/out"

setpriv --reuid ntlmd --regid ntlmd --clear-groups "$bin/ntlmd" --foreground >"$log" 2>&1
is unprivileged-exits-77 77 $?
has unprivileged-names-the-reason CAP_NET_ADMIN "$log"
printf '[daemon]\nuser = nosuchuser\n' >"$work/user.conf"
"$bin/ntlmd" --foreground --config "$work/user.conf" >"$log" 2>&1
is without-account-exits-67 67 $?
has without-account-names-the-fix systemd-sysusers "$log"

# --- check-config ----------------------------------------------------------

lab 'Fir5t.Password'
"$bin/ntlmd" --check-config >"$work/out" 2>&1
is check-config-of-good-files-exits-0 0 $?
chmod 644 /etc/ntlmd/credentials.d/lab.conf
"$bin/ntlmd" --check-config >"$work/out" 2>&1
is check-config-of-readable-credentials-exits-78 78 $?
has check-config-names-the-fix "chmod 0640 '/etc/ntlmd/credentials.d/lab.conf'" "$work/out"
chmod 640 /etc/ntlmd/credentials.d/lab.conf
printf '[policy]\nlm-compatibility-level = 6\n' >"$work/lm.conf"
"$bin/ntlmd" --check-config --config "$work/lm.conf" >"$work/out" 2>&1
is check-config-of-an-unknown-level-exits-78 78 $?
has check-config-names-the-line "$work/lm.conf:2:" "$work/out"

# --- rights ----------------------------------------------------------------

: >"$log"
ntlmd_start "$log"
result $? starts-and-registers
field() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$NTLMD_PID/status" | tr '\t' ' '; }
id=$(id -u ntlmd)
is runs-as-its-own-user "$id $id $id $id" "$(field Uid)"
is has-no-other-groups '' "$(field Groups | tr -d ' ')"
is keeps-net-admin-only '0000000000001000 0000000000001000' "$(field CapPrm) $(field CapEff)"
is cannot-gain-rights '0000000000000000 0000000000000000 1' "$(field CapBnd) $(field CapAmb) $(field NoNewPrivs)"
is filters-system-calls 2 "$(field Seccomp)"
# Mappings that can be written, and those of them that are not locked ("lo")
read -r writable unlocked < <(awk '
	$2 ~ /^[r-][w-][x-][ps-]$/ { w = $2 ~ /w/; n += w }
	$1 == "VmFlags:" && w && !/ lo( |$)/ { u++ }
	END { print n + 0, u + 0 }' "/proc/$NTLMD_PID/smaps")
echo "# $writable writable mappings, $unlocked of them not locked"
[ "$writable" -gt 4 ] && [ "$unlocked" = 0 ]
result $? memory-is-locked
is is-not-dumpable 0 "$(stat -c %u "/proc/$NTLMD_PID/environ")"
is dumps-no-core 'Max core file size 0 0 bytes' "$(grep core "/proc/$NTLMD_PID/limits" | tr -s ' ' | sed 's/ $//')"
is low-oom-score -900 "$(cat "/proc/$NTLMD_PID/oom_score_adj")"
inherited=$(grep -L '^flags:.*02[0-9]\{6\}$' "/proc/$NTLMD_PID"/fdinfo/[3-9] 2>/dev/null)
is no-descriptor-is-inherited '' "$inherited"
"$bin/ntlmd" --foreground >"$work/second" 2>&1
is second-helper-exits-75 75 $?
has second-helper-names-the-first "pid $(printf %010d "$NTLMD_PID")" "$work/second"
"$bin/ntlmctl" status >"$work/out" 2>&1
is ctl-with-helper-exits-0 0 $?
has ctl-shows-the-helper "helper: registered, pid $NTLMD_PID" "$work/out"

# --- an exchange -----------------------------------------------------------

modprobe ntlm_test
result $? driver-is-loaded
"$bin/ntlmctl" -v monitor >"$work/monitor" 2>"$work/monitor.err" &
monitor=$!
wait_for listening "$work/monitor.err"
is exchange-proves-the-password "$proof" "$(request -r 0 cifs/server Fir5t.Password)"
is exchange-in-other-case "$proof" "$(request CIFS/Server Fir5t.Password)"
is other-password-is-not-proved "$wrong" "$(request cifs/other Other.Passw0rd)"
has logs-the-negotiate-leg 'uid=0 target=cifs/server user=LAB\alice' "$log"
has logs-the-authenticate-leg 'server=DM\SV key-bits=128 mic=no flags=' "$log"
has logs-flags-by-name '|EXTENDED_SESSIONSECURITY|' "$log"
wait_for 'accepted ctx=' "$log"
result $? logs-the-servers-verdict
is no-credential-for-another-uid negotiate=ENOKEY "$(request -u 1 cifs/server x)"
is no-credential-for-another-target negotiate=ENOKEY "$(request cifs/unknown x)"
has logs-missing-credentials 'no credential for this uid and target' "$log"

"$bin/ntlmd_request" -d 60 cifs/server Fir5t.Password >/dev/null &
keeper=$!
sleep 1
"$bin/ntlmctl" -v contexts >"$work/out" 2>&1
is ctl-contexts-exits-0 0 $?
has ctl-contexts-shows-who 'LAB\alice' "$work/out"
has ctl-contexts-shows-flags '|SEAL|' "$work/out"
"$bin/ntlmctl" --json contexts >"$work/json" 2>&1
python3 - "$work/json" <<'P'
import json
import sys
with open(sys.argv[1], encoding="utf-8") as f:
    rows = json.load(f)
assert len(rows) == 1 and rows[0]["target"] == "cifs/server", rows
assert rows[0]["state"] == "established" and rows[0]["user"] == "alice", rows
P
result $? ctl-contexts-as-json
kill "$keeper"
wait "$keeper" 2>/dev/null
kill -INT "$monitor"
wait "$monitor"
is ctl-monitor-ends-on-sigint-with-0 0 $?
for event in established accepted closed; do
	grep -q "$event .*target=cifs/server user=LAB.alice" "$work/monitor"
	result $? "ctl-monitor-shows-$event"
done
grep -q 'failed .*target=cifs/unknown.*error=ENOKEY' "$work/monitor"
result $? ctl-monitor-shows-failed

# --- messages that are not the kernel's ---------------------------------------

is forged-messages-reach-both-sockets 2 "$(python3 "$here/forge.py" "$NTLMD_PID")"
is exchange-after-forged-messages "$proof" "$(request cifs/server Fir5t.Password)"
is only-the-kernel-is-believed 2 "$(grep -c 'only the kernel is believed' "$log")"

# --- rotation under the unprivileged daemon ---------------------------------

lab 'S3cond.Password'
is rotated-password-is-used-at-once "$proof" "$(request cifs/server S3cond.Password)"
is old-password-is-gone "$wrong" "$(request cifs/server Fir5t.Password)"
chmod 644 /etc/ntlmd/credentials.d/lab.conf
is file-that-became-readable-is-dropped negotiate=ENOKEY "$(request cifs/server x)"
has its-fix-is-logged "chmod 0640 '/etc/ntlmd/credentials.d/lab.conf'" "$log"
chmod 640 /etc/ntlmd/credentials.d/lab.conf
is file-that-was-put-right-is-used "$proof" "$(request cifs/server S3cond.Password)"
lab 'S3cond.Password' 'nonsense = 1'
is file-with-an-error-is-dropped negotiate=ENOKEY "$(request cifs/server x)"
has its-line-is-logged 'lab.conf:7: unknown key' "$log"
mv /etc/ntlmd/credentials.d/lab.conf /etc/ntlmd/credentials.d/lab.off
lab 'S3cond.Password'
is replaced-file-is-used "$proof" "$(request cifs/server S3cond.Password)"
rm /etc/ntlmd/credentials.d/lab.conf
is removed-file-is-dropped negotiate=ENOKEY "$(request cifs/server x)"
is still-without-rights "$id 0000000000001000" "$(field Uid | cut -d' ' -f1) $(field CapEff)"

# --- unverified targets, blocked targets ------------------------------------

lab 'S3cond.Password'
ntlmd_credential wide '[wide]' 'uid = 0' 'target = *.example.com' 'user = alice' \
	'domain = LAB' 'password = S3cond.Password'
is wildcard-matches-a-target "$proof" "$(request cifs/a.example.com S3cond.Password)"
is wildcard-matches-no-unverified-target negotiate=ENOKEY "$(request -x cifs/a.example.com x)"
is literal-matches-an-unverified-target "$proof" "$(request -x cifs/server S3cond.Password)"
printf '[policy]\nblocked-targets = cifs/bad*\nallow-unverified-targets = yes\n' >/etc/ntlmd/ntlmd.conf
reloads=$(grep -c reloaded "$log")
kill -HUP "$NTLMD_PID"
for ((i = 0; i < 100; i++)); do
	[ "$(grep -c reloaded "$log")" != "$reloads" ] && break
	sleep 0.05
done
is blocked-target-is-refused negotiate=EACCES "$(request cifs/bad.example.com x)"
is policy-may-allow-unverified-targets "$proof" "$(request -x cifs/a.example.com S3cond.Password)"

# --- refusals ----------------------------------------------------------------

is refusal-is-reported "$proof" "$(request -r 0xC000006D cifs/server S3cond.Password)"
is refused-logon-is-not-repeated negotiate=EKEYREJECTED "$(request cifs/server x)"
wait_for 'STATUS_LOGON_FAILURE (0xC000006D)' "$log"
result $? refusal-is-logged-by-name
is other-target-is-still-served "$proof" "$(request cifs/other S3cond.Password)"
ntlmd_stop
ntlmd_start "$log"
lab 'Th1rd.Password'
is refusal-of-a-new-start "$proof" "$(request -r 0xC000006D cifs/server Th1rd.Password)"
lab 'F0urth.Password'
is changed-password-is-tried "$proof" "$(request cifs/server F0urth.Password)"
lab 'Th1rd.Password'
is refused-password-is-still-known negotiate=EKEYREJECTED "$(request cifs/server x)"
kill -HUP "$NTLMD_PID"
wait_for 'may be tried again' "$log"
is reload-clears-refusals "$proof" "$(request -r 0xC000005E cifs/server Th1rd.Password)"
is server-trouble-is-no-refusal "$proof" "$(request cifs/server Th1rd.Password)"

# --- servers in the kernel ------------------------------------------------------

accounts() { # LINE...
	(umask 077 && printf '%s\n' "$@" >/etc/ntlmd/accounts.new)
	chown root:ntlmd /etc/ntlmd/accounts.new
	chmod 0640 /etc/ntlmd/accounts.new
	mv /etc/ntlmd/accounts.new /etc/ntlmd/accounts.conf
}

reload() {
	local before i
	before=$(grep -c reloaded "$log")
	kill -HUP "$NTLMD_PID"
	for ((i = 0; i < 100; i++)); do
		[ "$(grep -c reloaded "$log")" != "$before" ] && return
		sleep 0.05
	done
}

# The same with a new ntlmd for each step; its answer is in $answer.
killing_pair() {
	local from to pid
	coproc PAIR { "$bin/ntlmd_pair" -p "$@"; }
	pid=$!
	exec {from}<&"${PAIR[0]}" {to}>&"${PAIR[1]}"
	while read -r answer <&"$from" && [ "$answer" = step ]; do
		kill -KILL "$NTLMD_PID"
		wait "$NTLMD_PID" 2>/dev/null
		ntlmd_start "$log"
		echo >&"$to"
	done
	exec {from}<&- {to}>&-
	wait "$pid" 2>/dev/null
}

lab 'F1fth.Password'
sid=S-1-5-21-1-2-3-1000
alice=("[alice]" "user = Alice" "password = F1fth.Password" "sid = $sid"
	"group-sids = S-1-5-32-545")
accounts "${alice[@]}"
is acceptors-are-off-by-default 'client=EINPROGRESS server=EACCES ntstatus=0xC00000BB' "$(pair cifs/server)"
has the-log-says-how-to-turn-them-on '"enabled = yes" in section [acceptor]' "$log"
printf '[acceptor]\nenabled = yes\nnetbios-name = SRV\nnetbios-domain = LAB\naccounts = /etc/ntlmd/accounts.conf\ntarget-name = require\n' >/etc/ntlmd/ntlmd.conf
reload
in='key=same message=ok bound=0 user=LAB\alice workstation='
is client-and-server-in-the-kernel "client=0 server=0 tokens=3 $in sids=$sid,S-1-5-32-545" "$(pair cifs/server)"
has logs-the-logon 'user=LAB\alice workstation= account="/etc/ntlmd/accounts.conf [alice]" response=NTLMv2 key-bits=128 mic=yes channel-bound=no' "$log"
is connectionless "client=0 server=0 tokens=2 $in sids=$sid,S-1-5-32-545" "$(pair -c cifs/server)"
is spnego "client=0 server=0 tokens=4 $in sids=$sid,S-1-5-32-545" "$(pair -s cifs/server)"
is channel-bindings "client=0 server=0 tokens=3 ${in/bound=0/bound=1} sids=$sid,S-1-5-32-545" "$(pair -b cifs/server)"
killing_pair cifs/server
is killed-before-each-step "client=0 server=0 tokens=3 $in sids=$sid,S-1-5-32-545" "$answer"
killing_pair -s cifs/server
is killed-before-each-step-of-spnego "client=0 server=0 tokens=4 $in sids=$sid,S-1-5-32-545" "$answer"
is server-of-another-uid-is-refused 'client=EINPROGRESS server=EACCES ntstatus=0xC00000BB' "$(pair -u 1000 cifs/server)"
printf 'guess-limit = 2\nguess-window = 12s\n' >>/etc/ntlmd/ntlmd.conf
reload
failure='client=0 server=EKEYREJECTED ntstatus=0xC000006D'
accounts "${alice[@]/F1fth/S1xth}"
is guesses-are-wrong-passwords "$failure $failure" "$(pair cifs/server) $(pair cifs/server)"
window=$((SECONDS + 13))
accounts "${alice[@]}"
is after-too-many-no-password-is-right "$failure" "$(pair cifs/server)"
has logs-why-no-password-is-right 'there were too many wrong passwords for this account' "$log"
reload
is nor-is-it-after-a-reload "$failure" "$(pair cifs/server)"
while [ "$SECONDS" -lt "$window" ]; do
	sleep 0.5
done
is later-the-password-is-right-again "client=0 server=0 tokens=3 $in sids=$sid,S-1-5-32-545" "$(pair cifs/server)"
sed -i '/^guess/d' /etc/ntlmd/ntlmd.conf
reload
accounts "${alice[@]/F1fth/S1xth}"
is wrong-password-of-a-client 'client=0 server=EKEYREJECTED ntstatus=0xC000006D' "$(pair cifs/server)"
has logs-the-refused-client 'logon refused ctx=' "$log"
accounts "${alice[@]}" 'state = disabled'
is disabled-account 'client=0 server=EACCES ntstatus=0xC0000072' "$(pair cifs/server)"
accounts "${alice[@]/Alice/Bob}"
is unknown-user 'client=EINPROGRESS server=EKEYREJECTED ntstatus=0xC000006D' "$(pair -s cifs/server)"
is anonymous-is-off-by-default 'client=0 server=EACCES ntstatus=0xC0000022' "$(pair -a cifs/server)"
printf 'anonymous = yes\nguest = yes\n' >>/etc/ntlmd/ntlmd.conf
reload
nobody='key=other message=wrong bound=0'
is anonymous "client=0 server=0 tokens=3 $nobody user= workstation= sids= anonymous" "$(pair -a cifs/server)"
is unknown-user-is-a-guest "client=0 server=0 tokens=3 $nobody user=LAB\alice workstation= sids= guest" "$(pair -n cifs/server)"
is unknown-user-is-a-guest-with-spnego "client=0 server=0 tokens=4 $nobody user=LAB\alice workstation= sids= guest" "$(pair -n -s cifs/server)"
is no-guest-where-protection-is-required 'client=0 server=EOPNOTSUPP ntstatus=0xC0000202' "$(pair cifs/server)"
sed -i '/^anonymous\|^guest/d' /etc/ntlmd/ntlmd.conf
reload
accounts "${alice[@]}"
is accounts-are-read-again "client=0 server=0 tokens=3 $in sids=$sid,S-1-5-32-545" "$(pair cifs/server)"
chmod 644 /etc/ntlmd/accounts.conf
is readable-accounts-are-dropped 'client=0 server=EKEYREJECTED ntstatus=0xC000006D' "$(pair cifs/server)"
has and-the-log-says-how-to-fix-it "chmod 0640 '/etc/ntlmd/accounts.conf'" "$log"
rm -f /etc/ntlmd/accounts.conf /etc/ntlmd/ntlmd.conf
lab 'Th1rd.Password'
reload

# --- end ----------------------------------------------------------------------

kill -TERM "$NTLMD_PID"
wait "$NTLMD_PID"
is sigterm-ends-with-0 0 $?
NTLMD_PID=
if grep -qE '(Fir5t|S3cond|Th1rd|F0urth|F1fth|S1xth)[.]Password' "$log"; then
	result 1 log-holds-no-password
else
	result 0 log-holds-no-password
fi

# --- service manager -----------------------------------------------------------

: >"$work/notify"
python3 "$here/notify.py" "$work/notify.sock" "$work/notify" &
notify=$!
wait_for listening "$work/notify"
export NOTIFY_SOCKET=$work/notify.sock
ntlmd_start "$log"
wait_for READY=1 "$work/notify"
result $? tells-ready-when-registered
"$bin/ntlmd" --foreground >/dev/null 2>&1
wait_for 'STATUS=Cannot serve' "$work/notify"
is second-helper-is-never-ready 1 "$(grep -c READY=1 "$work/notify")"
kill -HUP "$NTLMD_PID"
wait_for RELOADING=1 "$work/notify"
grep -q 'RELOADING=1.*MONOTONIC_USEC=[0-9]' "$work/notify"
result $? tells-reloading
ntlmd_stop
wait_for STOPPING=1 "$work/notify"
result $? tells-stopping
rmmod ntlm_test ntlm
# A kernel that refuses the module, and how often it was asked
printf '#!/bin/sh\necho "$*" >>%s\nexit 1\n' "$work/tries" >"$work/refuse"
chmod 755 "$work/refuse"
: >"$work/tries"
tries() { grep -c family-ntlm "$work/tries"; }
echo "$work/refuse" >/proc/sys/kernel/modprobe
"$bin/ntlmd" >"$work/waits" 2>&1 &
NTLMD_PID=$!
wait_for 'STATUS=Waiting for the kernel module' "$work/notify"
result $? without-module-the-service-waits
has waiting-names-the-fix 'modprobe ntlm' "$work/waits"
sleep 4
is waiting-does-not-load-every-second 1 "$(tries)"
kill -HUP "$NTLMD_PID"
wait_for reloaded "$work/waits"
is waiting-is-one-line '2 1' "$(tries) $(grep -c 'modprobe ntlm' "$work/waits")"
echo "$helper" >/proc/sys/kernel/modprobe
kill -HUP "$NTLMD_PID"
soon 'registered with the kernel' "$work/waits"
result $? reload-loads-the-module-and-serves
ntlmd_stop
rmmod ntlm
echo "$work/refuse" >/proc/sys/kernel/modprobe
: >"$work/notify"
"$bin/ntlmd" >"$work/waits" 2>&1 &
NTLMD_PID=$!
wait_for 'STATUS=Waiting for the kernel module' "$work/notify"
modprobe ntlm
soon 'registered with the kernel' "$work/waits"
result $? module-that-comes-is-served
echo "$helper" >/proc/sys/kernel/modprobe
modprobe ntlm_test
is exchange-after-waiting "$proof" "$(request cifs/server Th1rd.Password)"
ntlmd_stop
unset NOTIFY_SOCKET
kill "$notify"
wait "$notify" 2>/dev/null

# --- a slow credential source ----------------------------------------------------

mkdir "$work/slow"
ln "$bin/ntlmd_slow" "$work/slow/ntlmd" 2>/dev/null || cp "$bin/ntlmd_slow" "$work/slow/ntlmd"
ntlmd_credential slow '[slow]' 'uid = 0' 'target = cifs/slow' 'user = alice' \
	'domain = LAB' 'password = Th1rd.Password'
NTLM_BIN=$work/slow ntlmd_start "$log"
request cifs/slow Th1rd.Password >"$work/slow1" &
first=$!
request cifs/slow Th1rd.Password >"$work/slow2" &
second=$!
sleep 0.2
for i in 1 2 3; do
	request cifs/server Th1rd.Password >>"$work/fast"
done
is fast-requests-are-answered "$proof $proof $proof" "$(paste -sd' ' "$work/fast")"
# Each leg of the slow ones waits two seconds before it even looks into the
# files, so nothing can be there yet unless the fast ones were held up.
[ ! -s "$work/slow1" ] && [ ! -s "$work/slow2" ]
result $? slow-lookups-delay-nobody
wait "$first" "$second"
is slow-request-is-answered "$proof" "$(cat "$work/slow1")"
is other-slow-request-is-answered "$proof" "$(cat "$work/slow2")"
ntlmd_stop

dmesg >"$work/dmesg"
if grep -q 'type=1326.*comm="ntlmd' "$work/dmesg"; then
	grep 'type=1326' "$work/dmesg" | head -n 3 | sed 's/^/# /'
	result 1 no-system-call-was-filtered
else
	result 0 no-system-call-was-filtered
fi
tap_done
