#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A mount under load goes on after the password was changed, after the server or
# its connections went away, and after ntlmd did; and loses nothing. What is on
# the server is compared by checksums. TAP.
set -u
. selftests/lib/smb.sh
load=$NTLM_BIN/file_load
user=load
generation=0
declare -A writer

# --- what happens to the mount ----------------------------------------------

change_password() { # on the server
	generation=$((generation + 1))
	printf 'Rotated.%s\nRotated.%s\n' "$generation" "$generation" |
		smbpasswd -c "$SMB_SERVER/smb.conf" -s "$user" >"$SMB_OUTPUT" 2>&1
}

change_credential() { # in ntlmd's file
	smb_credential 0 'cifs/127.0.0.1' "$user" "Rotated.$generation"
	smb_settle
}

cut_by_kill() {
	local parent pid
	parent=$(cat "$SMB_SERVER/pid/smbd.pid")
	for pid in $(ss -Htnp state established '( sport = :445 )' |
		grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u); do
		[ "$pid" = "$parent" ] || kill -9 "$pid"
	done
}

# The server's end: the client gets a reset
cut_by_reset() { ss -Kt state established src 127.0.0.1 sport = :445 >/dev/null; }

cut_by_samba() { smbcontrol -s "$SMB_SERVER/smb.conf" smbd kill-client-ip 127.0.0.1; }

server_stop() {
	local i
	kill "$(cat "$SMB_SERVER/pid/smbd.pid")"
	for ((i = 0; i < 100; i++)); do
		(exec 3<>/dev/tcp/127.0.0.1/445) 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

server_start() { /usr/sbin/smbd -D --configfile="$SMB_SERVER/smb.conf"; }

helper_kill() {
	kill -9 "$NTLMD_PID"
	wait "$NTLMD_PID" 2>/dev/null
	NTLMD_PID=
}

# --- the load ---------------------------------------------------------------

start() { # NAME MODE OPTIONS... FILE
	local name=$1
	shift
	"$load" "$@" >"/run/load-$name" 2>"/run/load-$name.err" &
	writer[$name]=$!
}

finish() { # NAME: its exit status; what it said in /run/load-NAME
	local i
	kill "${writer[$1]}"
	for ((i = 0; i < 300; i++)); do
		kill -0 "${writer[$1]}" 2>/dev/null || break
		sleep 0.1
	done
	kill -9 "${writer[$1]}" 2>/dev/null
	wait "${writer[$1]}"
}

said() { grep -o "$2=[^ ]*" "/run/load-$1" | cut -d= -f2; }

right_on_server() { # NAME FILE
	local records
	records=$(said "$1" records)
	[ "$records" -gt 0 ] || return 1
	[ "$(said "$1" sha256)" = "$(sha256sum <"$SMB_FILES/$2" | cut -d' ' -f1)" ] && return 0
	timeout 10 "$load" hold -n "$records" "$SMB_FILES/$2" >"$SMB_OUTPUT" 2>&1
	stat -c '%s bytes on the server' "$SMB_FILES/$2" >>"$SMB_OUTPUT"
	return 1
}

now() { echo "$((${EPOCHREALTIME/./} / 1000))"; }

written() { stat -c %s "$SMB_FILES/$1"; }

# What the load says, and where it waits
stuck() {
	local name
	for name in "${!writer[@]}"; do
		{
			cat "/run/load-$name.err"
			head -n 8 "/proc/${writer[$name]}/stack"
		} 2>&1 | sed "s/^/# $name: /"
	done
}

logons_ok() { smb_logons "$user" NT_STATUS_OK; }
logons_refused() { smb_logons "$user" NT_STATUS_WRONG_PASSWORD; }

# Until both writers wrote again, with at least LOGONS; says how long it took
goes_on() { # NAME MS LOGONS
	local began hard soft
	began=$(now)
	kill -0 "${writer[hard]}" "${writer[soft]}" || return 1
	until [ "$(logons_ok)" -ge "$3" ]; do
		if [ $(($(now) - began)) -gt "$2" ]; then
			echo "# $1: no logon in $2 ms"
			return 1
		fi
		sleep 0.05
	done
	hard=$(written hard) soft=$(written soft)
	while [ "$(written hard)" = "$hard" ] || [ "$(written soft)" = "$soft" ]; do
		if [ $(($(now) - began)) -gt "$2" ]; then
			echo "# $1: nothing was written in $2 ms"
			stuck
			return 1
		fi
		sleep 0.05
	done
	echo "# $1: goes on after $(($(now) - began)) ms"
}

# What was cut goes on, after a logon that was not refused
recovers() { # NAME MS COMMAND...
	local name=$1 limit=$2 ok refused
	shift 2
	ok=$(logons_ok) refused=$(logons_refused)
	"$@" >"$SMB_OUTPUT" 2>&1
	goes_on "$name" "$limit" $((ok + 1)) && [ "$(logons_refused)" = "$refused" ]
	result $? "$name"
}

# --- here we go -------------------------------------------------------------

smb_start files || exit 1
smb_users "$user" || exit 1
mkdir -p /etc/ntlmd
smb_credential 0 'cifs/127.0.0.1' "$user"
ntlmd_start "$SMB_LOG" || exit 1

check mounts smb_mount raw //127.0.0.1/files /mnt/hard "sec=ntlmssp,user=$user,hard,cache=none"
check mounts-soft smb_mount raw //127.0.0.1/files /mnt/soft "sec=ntlmssp,user=$user,soft,cache=none"
check mounts-with-cache smb_mount raw //127.0.0.1/files /mnt/cache "sec=ntlmssp,user=$user,hard"
"$load" write -n 16 /mnt/hard/readme >/run/readme

start hard write -d 20 -f 4 /mnt/hard/hard
start lazy write -d 40 -n 4000 /mnt/cache/lazy
start soft write -k -d 40 -f 2 /mnt/soft/soft
start reader hold -d 50 -n 16 /mnt/hard/readme
start cached hold -d 50 -n 16 /mnt/cache/readme
sleep 1

rotate() {
	change_password
	change_credential
	"$1"
}
recovers rotation-smbd-killed 15000 rotate cut_by_kill
recovers rotation-connection-reset 15000 rotate cut_by_reset
recovers rotation-samba-kills-client 15000 rotate cut_by_samba

# --- the window in which the old password is refused -------------------------

# ntlmd lets logons go side by side for a second after one was accepted.
sleep 1.5
refused=$(logons_refused) lines=$(wc -l <"$SMB_LOG")
change_password
cut_by_kill
sleep 5
result "$([ "$(logons_refused)" = $((refused + 1)) ]; echo $?)" old-password-is-tried-once
lines=$(($(wc -l <"$SMB_LOG") - lines))
echo "# ntlmd was asked for what was refused about $lines times in 5 s"
result "$((lines > 12))" refused-helper-is-not-hammered
recovers new-password-is-used 15000 change_credential

# Refused by a server that then changes its mind: tried again after the hold time
ntlmd_stop
printf '[policy]\nrefusal-hold = 5s\n' >/etc/ntlmd/ntlmd.conf
ntlmd_start "$SMB_LOG" || exit 1
refused=$(logons_refused)
change_password
cut_by_kill
for ((i = 0; i < 50; i++)); do
	[ "$(logons_refused)" = "$refused" ] || break
	sleep 0.1
done
generation=$((generation - 2))
recovers refused-then-forgotten 20000 change_password

# --- the server, and ntlmd, go away ------------------------------------------

recovers server-restarted 15000 eval 'server_stop && server_start'
recovers server-away-20-s 30000 eval 'server_stop && sleep 20 && server_start'

recovers helper-back-within-grace 15000 \
	eval 'helper_kill; cut_by_kill; sleep 2; ntlmd_start "$SMB_LOG"'
echo 500 >/sys/module/ntlm/parameters/restart_grace_ms
recovers helper-back-after-grace 15000 \
	eval 'helper_kill; cut_by_kill; sleep 3; ntlmd_start "$SMB_LOG"'
recovers helper-hung-past-the-deadline 15000 \
	eval 'kill -STOP "$NTLMD_PID"; cut_by_kill; sleep 12; kill -CONT "$NTLMD_PID"'

# --- nothing was lost ---------------------------------------------------------

for name in hard lazy reader cached; do
	finish "$name"
	status=$?
	echo "# $name: $(cut -d' ' -f1,3- "/run/load-$name")"
	sed 's/^/# /' "/run/load-$name.err"
	result "$status" "hard-mount-$name-without-an-error"
done
finish soft
echo "# soft: $(cut -d' ' -f1,3- "/run/load-soft")"
check nothing-lost-with-fsync right_on_server hard hard
check nothing-lost-without-fsync right_on_server lazy lazy
check nothing-lost-soft-writes-again right_on_server soft soft

# --- nothing is left ----------------------------------------------------------

umount /mnt/hard && umount /mnt/soft && umount /mnt/cache
result $? unmounts
contexts_gone() {
	local i
	for ((i = 0; i < 50; i++)); do
		[ "$(smb_contexts)" = 0 ] && return 0
		sleep 0.1
	done
	"$NTLM_BIN/ntlmctl" contexts >"$SMB_OUTPUT"
	return 1
}
check no-context-is-left contexts_gone
objects() { awk '$1 == "ntlm_ctx" { print $2 }' /proc/slabinfo; }
echo "# $(objects) objects of contexts in the slab"
check cifs-unloads smb_unload
ntlmd_stop
check ntlm-unloads rmmod ntlm
smb_done
