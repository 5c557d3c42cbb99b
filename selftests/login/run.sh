#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ntlmctl login, logout and list, ntlmd's control socket and the memory that is
# carried over restarts; as root, in a guest whose files are thrown away. TAP.
#
#	run.sh [SECTION...]	only these: basic hostile verify credentials carry
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source=SCRIPTDIR/../lib/ntlmd.sh
. "$here/../lib/ntlmd.sh"
# shellcheck source=SCRIPTDIR/../lib/samba.sh
. "$here/../lib/samba.sh"
# shellcheck source=SCRIPTDIR/../lib/tap.sh
. "$here/../lib/tap.sh"
bin=${NTLM_BIN:?}
work=$(mktemp -d)
chmod 755 "$work"
log=$work/log
: >"$log"
ctl=$bin/ntlmctl

diagnose() {
	[ ! -s "$log" ] || tail -n 12 "$log" | sed 's/^/# log: /'
}

# has NAME TEXT FILE: does the file contain the text?
has() {
	grep -qF -- "$2" "$3" || sed 's/^/# file: /' "$3" | tail -n 5
	grep -qF -- "$2" "$3"
	result $? "$1"
}

hasnot() {
	! grep -qF -- "$2" "$3"
	result $? "$1"
}

# wait_for TEXT FILE: until the file contains the text, at most 20 s
wait_for() {
	local i
	for ((i = 0; i < 200; i++)); do
		grep -qF -- "$1" "$2" 2>/dev/null && return 0
		sleep 0.1
	done
	return 1
}

alice=5001 bob=5002
for u in alice:$alice bob:$bob; do
	echo "${u%:*}:x:${u#*:}:5000::/:/bin/sh" >>/etc/passwd
done
echo 'people:x:5000:' >>/etc/group
as() { # USER COMMAND...
	local user=$1
	shift
	setpriv --reuid "$user" --regid 5000 --clear-groups "$@"
}
request() { "$bin/ntlmd_request" "$@"; }
# login USER PASSWORD [ARGUMENT...]: over standard input
login() {
	local user=$1 password=$2
	shift 2
	printf '%s\n' "$password" | as "$user" "$ctl" login --stdin "$@" >"$work/out" 2>"$work/err"
}
# hostile USER TEST: the results of hostile.py become results here
hostile() {
	local verdict name seen=0
	while read -r verdict name; do
		seen=1
		case $verdict in
		ok) result 0 "hostile-$name" ;;
		*)
			echo "# $name"
			result 1 "hostile-${name%%:*}"
			;;
		esac
	done < <(as "$1" python3 "$here/hostile.py" /run/ntlmd/control "$2" 2>&1)
	[ "$seen" = 1 ] || result 1 "hostile-$2-ran"
}
json() { # CODE: with d, what standard input says
	python3 -c "import json, sys; d = json.load(sys.stdin); $1"
}
descriptors() { find "/proc/$NTLMD_PID/fd" -type l | wc -l; }
proof='negotiate=EINPROGRESS authenticate=0 proof=ok key=same user=LAB\alice'
wrong='negotiate=EINPROGRESS authenticate=0 proof=wrong key=other user=LAB\alice'
none='negotiate=ENOKEY'

basic_tests() {
	as alice "$ctl" list >"$work/out" 2>&1
	is without-daemon-exits-4 4 $?
	has without-daemon-names-the-fix 'systemctl start ntlmd' "$work/out"
	login alice Fir5t.Password server
	is login-without-daemon-exits-4 4 $?

	# --- the socket ----------------------------------------------------------------

	ntlmd_start "$log"
	result $? starts
	is socket-is-for-everybody 'socket 666' "$(stat -c '%F %a' /run/ntlmd/control)"
	"$bin/ntlmd" --foreground >"$work/second" 2>&1
	has second-daemon-leaves-the-socket 'another process listens there' "$work/second"
	as alice "$ctl" list >"$work/out"
	is and-the-first-goes-on 'no logins' "$(cat "$work/out")"
	kill -9 "$NTLMD_PID"
	wait "$NTLMD_PID" 2>/dev/null
	ntlmd_start "$log"
	as alice "$ctl" list >"$work/out"
	is stale-socket-is-replaced 'no logins' "$(cat "$work/out")"
	ntlmd_stop
	rm -f /run/ntlmd/control
	echo text >/run/ntlmd/control
	ntlmd_start "$log"
	has a-file-is-not-replaced '/run/ntlmd/control: no socket (File exists)' "$log"
	is the-file-is-still-there text "$(cat /run/ntlmd/control)"
	ntlmd_stop
	rm /run/ntlmd/control
	printf '[daemon]\ncontrol-socket = %s/other/socket\n' "$work" >/etc/ntlmd/ntlmd.conf
	ntlmd_start "$log"
	as alice "$ctl" list --socket "$work/other/socket" >"$work/out"
	is socket-may-be-elsewhere 'no logins' "$(cat "$work/out")"
	ntlmd_stop
	rm /etc/ntlmd/ntlmd.conf
	: >"$log"
	ntlmd_start "$log"

	# --- login, lookup, list, logout -------------------------------------------------

	login alice Fir5t.Password --domain LAB server
	is login-over-stdin-exits-0 0 $?
	has login-says-what-it-did 'LAB\alice for */server, valid for 7 d' "$work/out"
	is login-is-used "$proof" "$(request -u $alice cifs/server Fir5t.Password)"
	is login-is-for-every-service "$proof" "$(request -u $alice host/server Fir5t.Password)"
	is login-is-for-this-server-only "$none" "$(request -u $alice cifs/other x)"
	is other-user-does-not-get-it "$none" "$(request -u $bob cifs/server x)"
	is nor-does-root "$none" "$(request -u 0 cifs/server x)"
	has use-names-its-origin 'user=LAB\alice credential="login"' "$log"
	as alice "$ctl" list >"$work/out"
	has list-shows-it 'LAB\alice' "$work/out"
	is other-user-does-not-see-it 'no logins' "$(as bob "$ctl" list)"
	as bob "$ctl" list --all >"$work/out" 2>&1
	is list-of-all-is-for-root 5 $?
	as bob "$ctl" logout --for alice server >"$work/out" 2>&1
	is logout-of-others-is-for-root 5 $?
	is and-changes-nothing "$proof" "$(request -u $alice cifs/server Fir5t.Password)"
	is root-sees-all "$alice */server LAB alice" "$("$ctl" list --all --json | json '[print(x["uid"], x["target"], x["domain"], x["user"]) for x in d["logins"]]')"
	is refusals-are-a-list '[]' "$("$ctl" list --all --json | json 'print(d["refusals"])')"

	login alice S3cond.Password -u 'lab\ALICE' server
	is login-again-replaces 1 "$(as alice "$ctl" list --json | grep -c '"target"')"
	request -u $alice cifs/server S3cond.Password >"$work/out"
	has without-a-remount 'proof=ok' "$work/out"
	login alice Fir5t.Password -u 'LAB\alice' server
	login bob B0b.Password -d LAB --target 'cifs/*.example.com'
	is pattern-matches "$(echo "$proof" | sed s/alice/bob/)" "$(request -u $bob cifs/a.example.com B0b.Password)"
	is pattern-keeps-its-service "$none" "$(request -u $bob host/a.example.com x)"
	is pattern-matches-no-unverified-target "$none" "$(request -x -u $bob cifs/a.example.com x)"
	is literal-matches-an-unverified-target "$proof" "$(request -x -u $alice cifs/server Fir5t.Password)"
	login bob F0urth.Password -d LAB -u other a.example.com
	request -u $bob cifs/a.example.com F0urth.Password >"$work/out"
	has whole-name-wins-over-pattern 'proof=ok key=same user=LAB\other' "$work/out"
	as bob "$ctl" logout --user nobody a.example.com >"$work/out" 2>&1
	is logout-of-what-is-not-there-exits-1 1 $?
	as bob "$ctl" logout --user 'LAB\other' a.example.com >"$work/out"
	is logout-exits-0 0 $?
	is logout-leaves-the-rest "$(echo "$proof" | sed s/alice/bob/)" "$(request -u $bob cifs/a.example.com B0b.Password)"
	login bob x.Password //nas.example.com/share/dir
	has unc-names-a-server '*/nas.example.com' "$work/out"
	as bob "$ctl" logout --all >"$work/out"
	is logout-of-all-own '2 logins removed' "$(cat "$work/out")"
	is logout-takes-effect "$none" "$(request -u $bob cifs/a.example.com x)"
	login bob x.Password '*'
	is any-target-exits-5 5 $?
	has any-target-names-the-fix 'login-any-target = yes' "$work/err"
	login bob $'\xff\xfe' server
	is password-that-is-no-utf8-exits-1 1 $?
	login bob '' server
	is empty-password-exits-1 1 $?
	login bob x.Password --expires 400d server
	is too-long-lifetime-exits-1 1 $?
	has too-long-lifetime-names-the-option login-lifetime-max "$work/err"
	login bob x.Password --expires 2w server
	is unknown-unit-exits-2 2 $?
	printf 'R00t.Password\n' | "$ctl" login --stdin --for bob -u 'LAB\alice' server >"$work/out"
	is root-may-log-others-in "$proof" "$(request -u $bob cifs/server R00t.Password)"
	"$ctl" logout --for bob --all >"$work/out"
	is root-may-log-others-out "$none" "$(request -u $bob cifs/server x)"
	printf 'x\n' | "$ctl" login --stdin --for 6789 -u u server >"$work/out"
	is uid-needs-no-account 6789 "$("$ctl" list --for 6789 --json | json 'print(d["logins"][0]["uid"])')"
	ntlmd_credential lab '[lab]' "uid = $alice" 'target = cifs/server' 'user = filed' \
		'domain = LAB' 'password = F1le.Password'
	wait_for '1 credential in use' "$log"
	request -u $alice cifs/server F1le.Password >"$work/out"
	has files-come-first 'proof=ok key=same user=LAB\filed' "$work/out"
	rm /etc/ntlmd/credentials.d/lab.conf
	is then-the-login-again "$proof" "$(request -u $alice cifs/server Fir5t.Password)"

	# --- terminal -------------------------------------------------------------------

	as alice python3 "$here/terminal.py" 'Typ3d.Password' "$ctl" login -d LAB typed >"$work/out"
	has terminal-asks 'Password of LAB\alice for typed: ' "$work/out"
	has terminal-is-put-back 'status=0 prompt=hidden echo=on' "$work/out"
	hasnot terminal-shows-no-password 'Typ3d' "$work/out"
	is typed-password-is-used "$proof" "$(request -u $alice cifs/typed Typ3d.Password)"
	as alice python3 "$here/terminal.py" '^C' "$ctl" login -d LAB typed >"$work/out"
	has interrupt-puts-the-terminal-back 'status=-2 prompt=hidden echo=on' "$work/out"
	is and-changes-no-login "$proof" "$(request -u $alice cifs/typed Typ3d.Password)"
	as alice setsid -w "$ctl" login typed </dev/null >"$work/out" 2>&1
	is without-terminal-exits-2 2 $?
	has without-terminal-names-the-fix '--stdin' "$work/out"
	as alice python3 "$here/terminal.py" x "$ctl" login --stdin typed >"$work/out"
	has stdin-may-be-no-terminal 'leave out --stdin' "$work/out"

	# --- refusals --------------------------------------------------------------------

	login alice Wr0ng.Password -d LAB refused
	is refused-logon "$proof" "$(request -r 0xC000006D -u $alice cifs/refused Wr0ng.Password)"
	wait_for 'STATUS_LOGON_FAILURE' "$log"
	is refused-login-is-not-tried-again negotiate=EKEYREJECTED "$(request -u $alice cifs/refused x)"
	as alice "$ctl" list >"$work/out"
	has list-shows-the-refusal '0xC000006D' "$work/out"
	is others-do-not-see-the-refusal 0 "$(as bob "$ctl" list | grep -c 0xC000006D)"
	login alice Wr0ng.Password -d LAB refused
	is login-clears-the-refusal "$proof" "$(request -u $alice cifs/refused Wr0ng.Password)"

	# --- expiry and what is wiped ------------------------------------------------------

	"$ctl" logout --all-users >/dev/null
	login bob Sh0rt.Password -d LAB -e 9s server
	has lifetime-is-shown 'valid for 9 s' "$work/out"
	request -u $bob cifs/server Sh0rt.Password >"$work/out"
	has short-login-is-used proof=ok "$work/out"
	wait_for 'login expired uid=5002' "$log"
	result $? expired-login-is-dropped-by-itself
	is expired-login-is-not-used "$none" "$(request -u $bob cifs/server x)"
	find_secret() { "$bin/login_probe" find "$NTLMD_PID" "$1"; }
	ntlmd_credential lab '[lab]' "uid = 0" 'target = cifs/filed' 'user = filed' \
		'domain = LAB' 'password = F1le.Password'
	wait_for '1 credential in use' "$log"
	request -u 0 cifs/filed x >/dev/null
	find_secret F1le.Password >"$work/found"
	! grep -q '^hash=0 ' "$work/found"
	result $? search-finds-what-is-there
	login bob Other.Password -d LAB server
	login alice M3mory.Password -d LAB server
	request -u $alice cifs/server M3mory.Password >"$work/out"
	has login-to-be-wiped-is-used proof=ok "$work/out"
	before=$(find_secret M3mory.Password)
	echo "# logged in: $before"
	if grep -q secretmem "/proc/$NTLMD_PID/maps"; then
		echo "# memory of memfd_secret(2)"
		want='hash=0 utf8=0 utf16=0'
	else
		want='hash=1 utf8=0 utf16=0'
	fi
	is hash-is-in-one-place-and-no-password "$want" "${before% unread=*}"
	as alice "$ctl" logout server >/dev/null
	after=$(find_secret M3mory.Password)
	is hash-is-wiped-after-logout 'hash=0 utf8=0 utf16=0' "${after% unread=*}"
	after=$(find_secret Sh0rt.Password)
	is hash-is-wiped-after-expiry 'hash=0 utf8=0 utf16=0' "${after% unread=*}"
	as bob "$ctl" logout --all >/dev/null
	is memory-is-given-back-with-the-last-login '' "$(grep -E 'memfd:logins|secretmem' "/proc/$NTLMD_PID/maps")"
	ntlmd_stop
	hasnot log-holds-no-password Password "$log"
}

hostile_tests() {
	: >"$log"
	ntlmd_start "$log"
	login bob H0stile.Password -d LAB -u alice server
	fds=$(descriptors)
	for t in malformed malformed2 identity descriptors memory; do
		hostile alice $t
		sleep 2
	done
	hostile alice crowd
	hostile alice rate
	sleep 6
	hostile alice deaf
	as alice python3 "$here/hostile.py" /run/ntlmd/control flood >"$work/flood" 2>&1 &
	wait_for flooding "$work/flood"
	sleep 1
	begin=$(date +%s%N)
	for i in 1 2 3 4 5; do
		request -u $bob cifs/server H0stile.Password
	done >"$work/out"
	took=$((($(date +%s%N) - begin) / 1000000))
	echo "# five exchanges during a flood: $took ms"
	is kernel-is-served-during-a-flood 5 "$(grep -c proof=ok "$work/out")"
	login bob H0stile.Password -d LAB -u alice server
	is others-can-log-in-during-a-flood 0 $?
	for child in $(cat "/proc/$!/task/$!/children" 2>/dev/null) $!; do
		kill "$child" 2>/dev/null
	done
	wait $! 2>/dev/null
	for ((i = 0; i < 100; i++)); do
		[ "$(descriptors)" -le "$fds" ] && break
		sleep 0.2
	done
	is no-descriptor-is-left "$fds" "$(descriptors)"
	for ((i = 1; i <= 16; i++)); do
		printf 'x\n' | "$ctl" login --stdin --for alice -u u$i many >/dev/null
	done
	login alice x.Password -u u17 many
	is seventeenth-login-is-refused 1 $?
	has limit-names-the-fix 'ntlmctl logout' "$work/err"
	login alice x.Password -u u16 many
	is a-full-user-may-replace 0 $?
	login bob x.Password -u u17 many
	is limit-is-for-each-user 0 $?
	"$ctl" logout --all-users >"$work/out"
	is root-may-log-everybody-out '18 logins removed' "$(cat "$work/out")"
	ntlmd_stop
}

verify_tests() {
	if SAMBA_LOG=3 samba_start "$work/samba" files >"$work/samba.out" 2>&1; then
		result 0 samba-starts
	else
		sed 's/^/# /' "$work/samba.out"
		result 1 samba-starts
	fi
	tries() { cat "$work"/samba/log.* | grep -c 'check_ntlm_password:  Checking password'; }
	ntlmd_start "$log"
	login alice "$SAMBA_PASSWORD" -u "$SAMBA_USER" --verify 127.0.0.1
	is verified-login-exits-0 0 $?
	has verify-says-accepted '127.0.0.1 accepted the password' "$work/err"
	is verify-tries-once 1 "$(tries)"
	is verified-login-is-stored 1 "$(as alice "$ctl" list --json | grep -c '"target"')"
	login alice 'N0t.the.Password' -u other --verify 127.0.0.1
	is refused-verification-exits-6 6 $?
	has refused-verification-says-so 'the login is not stored' "$work/err"
	is refused-verification-tries-once 2 "$(tries)"
	is refused-verification-stores-nothing 1 "$(as alice "$ctl" list --json | grep -c '"target"')"
	login alice x.Password -u other --verify 127.0.0.77
	is server-that-is-not-there-exits-7 7 $?
	login alice x.Password -u other --verify 'cifs/*.example.com'
	is verify-of-a-pattern-exits-2 2 $?
	samba_stop "$work/samba"
	ntlmd_stop
}

credentials_tests() {
	mkdir -m 755 "$work/creds"
	printf '[c]\nuid = 0\ntarget = cifs/system\nuser = alice\ndomain = LAB\npassword = Sy5tem.Password\n' >"$work/creds/ntlmd.credentials"
	cp "$work/creds/ntlmd.credentials" "$work/creds/ntlmd.credentials-open"
	sed -i s,cifs/system,cifs/open, "$work/creds/ntlmd.credentials-open"
	cp "$work/creds/ntlmd.credentials" "$work/creds/other"
	chown ntlmd "$work"/creds/*
	chmod 400 "$work"/creds/*
	chmod 444 "$work/creds/ntlmd.credentials-open"
	: >"$log"
	CREDENTIALS_DIRECTORY=$work/creds ntlmd_start "$log"
	is systemd-credential-is-used "$proof" "$(request -u 0 cifs/system Sy5tem.Password)"
	is readable-systemd-credential-is-refused "$none" "$(request -u 0 cifs/open x)"
	has and-that-is-logged 'ntlmd.credentials-open: refused' "$log"
	ntlmd_stop
}

carry_tests() {
	m=$work/manager
	manager='' generation=0
	# manager_start [ARGUMENT]: a service manager, and ntlmd under it
	manager_start() {
		rm -rf "$m"
		mkdir -m 755 "$m"
		log=$m/log
		: >"$log"
		generation=0
		python3 "$here/manager.py" "$@" "$m" "$bin/ntlmd" --foreground &
		manager=$!
		manager_wait
	}
	# until the next start of ntlmd has registered
	manager_wait() {
		local i
		generation=$((generation + 1))
		for ((i = 0; i < 300; i++)); do
			if [ "$(grep -c 'registered with the kernel' "$log")" = $generation ]; then
				NTLMD_PID=$(cat "$m/pid")
				return 0
			fi
			sleep 0.1
		done
		return 1
	}
	manager_stop() {
		kill "$manager"
		wait "$manager"
		NTLMD_PID=
	}
	kept() { as alice "$ctl" list --json | grep -c '"kept": true'; }
	stored() { grep -c ntlmd-logins "$m/store"; }

	manager_start
	result $? starts-under-a-service-manager
	login alice C4rried.Password -d LAB server
	has login-says-nothing-of-loss 'valid for 7 d' "$work/out"
	hasnot login-is-not-lost 'it ends with ntlmd' "$work/out"
	is login-is-kept '1 1' "$(kept) $(stored)"
	kill -9 "$NTLMD_PID"
	manager_wait
	is login-survives-a-crash "$proof" "$(request -u $alice cifs/server C4rried.Password)"
	has crash-is-told '1 login carried over' "$log"
	is login-is-still-kept '1 1' "$(kept) $(stored)"
	kill -TERM "$NTLMD_PID"
	manager_wait
	is login-survives-a-restart "$proof" "$(request -u $alice cifs/server C4rried.Password)"
	login alice N3w.Password -d LAB server
	kill -9 "$NTLMD_PID"
	manager_wait
	is replaced-login-survives "$proof" "$(request -u $alice cifs/server N3w.Password)"
	is replaced-login-does-not-come-back "$wrong" "$(request -u $alice cifs/server C4rried.Password)"
	login bob Sh0rt.Password -e 9s server
	kill -9 "$NTLMD_PID"
	manager_wait
	wait_for 'login expired uid=5002' "$log"
	result $? expiry-survives-a-crash
	inherited=$(grep -L '^flags:.*02[0-9]\{6\}$' "/proc/$NTLMD_PID"/fdinfo/[3-9] 2>/dev/null)
	is what-is-taken-over-is-close-on-exec '' "$inherited"

	# swap that is turned on and off
	modprobe brd rd_nr=1 rd_size=16384
	mkswap /dev/ram0 >/dev/null 2>&1
	if grep -q secretmem "/proc/$NTLMD_PID/maps"; then
		secret=1 message='no line'
	else
		secret='' message='(/dev/ram0)'
	fi
	swapon /dev/ram0
	result $? swap-is-turned-on
	for ((i = 0; i < 100; i++)); do
		[ -n "$secret" ] || [ "$(stored)" = 1 ] || break
		[ -z "$secret" ] || break
		sleep 0.1
	done
	is clear-swap-counts-unless-memory-is-secret "${secret:-0} ${secret:-0}" "$(kept) $(stored)"
	[ -n "$secret" ] || grep -qF "$message" "$log"
	result $? clear-swap-is-named
	swapoff /dev/ram0
	for ((i = 0; i < 100; i++)); do
		[ "$(stored)" = 1 ] && break
		sleep 0.1
	done
	is without-swap-it-is-kept-again '1 1' "$(kept) $(stored)"
	modprobe zram num_devices=1
	echo 16M >/sys/block/zram0/disksize
	mkswap /dev/zram0 >/dev/null 2>&1
	swapon /dev/zram0
	sleep 1
	is swap-in-memory-is-no-matter '1 1' "$(kept) $(stored)"
	swapoff /dev/zram0

	# what comes back is not believed
	echo record >"$m/order"
	kill -9 "$NTLMD_PID"
	manager_wait
	has damaged-record-is-dropped 'damaged record dropped' "$log"
	is damaged-login-is-not-used "$none" "$(request -u $alice cifs/server x)"
	login alice C4rried.Password -d LAB server
	echo version >"$m/order"
	kill -9 "$NTLMD_PID"
	manager_wait
	has other-layout-is-wiped 'has another layout: wiped' "$log"
	is other-layout-is-not-used "$none" "$(request -u $alice cifs/server x)"
	login alice C4rried.Password -d LAB server
	echo file >"$m/order"
	kill -9 "$NTLMD_PID"
	manager_wait
	has file-in-its-place-is-dropped 'is no memory of ntlmd: dropped' "$log"
	is file-is-not-used "$none" "$(request -u $alice cifs/server x)"
	login alice C4rried.Password -d LAB server
	echo twice >"$m/order"
	kill -9 "$NTLMD_PID"
	manager_wait
	has two-of-a-name-are-dropped 'more than once' "$log"
	is two-of-a-name-are-not-used "$none" "$(request -u $alice cifs/server x)"
	login alice C4rried.Password -d LAB server
	is and-logins-work-after-all-that "$proof" "$(request -u $alice cifs/server C4rried.Password)"
	as alice "$ctl" logout --all >/dev/null
	for ((i = 0; i < 50; i++)); do
		[ "$(stored)" = 0 ] && break
		sleep 0.1
	done
	is nothing-is-stored-after-the-last-logout 0 "$(stored)"
	manager_stop
	manager_start --no-store
	login alice C4rried.Password -d LAB server
	is manager-that-stores-nothing-is-noticed 0 "$(kept)"
	has and-it-is-said 'it ends with ntlmd' "$work/out"
	has and-logged 'no service manager keeps memory' "$log"
	kill -9 "$NTLMD_PID"
	manager_wait
	is then-a-crash-loses-it "$none" "$(request -u $alice cifs/server x)"
	manager_stop
	cat "$m"/messages >>"$work/all"
	hasnot service-manager-is-told-no-secret Password "$work/all"
}

ntlmd_account
modprobe ntlm_test
[ $# -gt 0 ] || set -- basic hostile verify credentials carry
for section; do
	"${section}_tests"
done

dmesg >"$work/dmesg"
if grep -q 'type=1326.*comm="ntlmd' "$work/dmesg"; then
	grep 'type=1326' "$work/dmesg" | head -n 3 | sed 's/^/# /'
	result 1 no-system-call-was-filtered
else
	result 0 no-system-call-was-filtered
fi
tap_done
