#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A reconnect while nearly all memory is dirty pages of the mount, or a hog's:
# logging on again must not need the memory that only the mount can free. TAP.
set -u
. selftests/lib/smb.sh
load=$NTLM_BIN/file_load
user=writer
records=3000	# of 16 KiB

now() { echo "$((${EPOCHREALTIME/./} / 1000))"; }

kilobytes() { awk -v n="$1:" '$1 == n { print $2 }' /proc/meminfo; }

smb_start files || exit 1
smb_users "$user" || exit 1
smb_credential 0 'cifs/127.0.0.1' "$user"
ntlmd_start "$SMB_LOG" || exit 1
mkdir -p /mnt/share
check mounts smb_mount raw //127.0.0.1/files /mnt/share "sec=ntlmssp,user=$user,hard"

# Whoever has to help must not be killed; the hog may be.
for pid in "$NTLMD_PID" $(cat "$SMB_SERVER"/pid/*.pid); do
	echo -1000 >"/proc/$pid/oom_score_adj"
done
# Nothing is written before the pages are needed.
echo 80 >/proc/sys/vm/dirty_background_ratio
echo 90 >/proc/sys/vm/dirty_ratio
echo 60000 >/proc/sys/vm/dirty_expire_centisecs
echo 0 >/proc/sys/vm/dirty_writeback_centisecs

dirty_enough() {
	local i
	for ((i = 0; i < 200; i++)); do
		[ "$(kilobytes Dirty)" -lt 24000 ] || return 0
		sleep 0.05
	done
	return 1
}

"$load" write -d 1 -n "$records" /mnt/share/dirty >/run/dirty 2>/run/dirty.err &
writer=$!
check pages-are-dirty dirty_enough
kill -STOP "$NTLMD_PID"
smb_cut
result $? connection-is-cut
size=$(stat -c %s "$SMB_FILES/dirty")

cgroup=/sys/fs/cgroup/hog
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
mkdir -p "$cgroup"
# Room for the dirty pages, which cannot go yet, and for the server's copy of them
hog=$(($(kilobytes MemAvailable) / 1024 - 96))
(
	echo "$BASHPID" >"$cgroup/cgroup.procs"
	echo 1000 >/proc/self/oom_score_adj
	exec "$load" hog "$hog"
) >/run/hog &
hog_pid=$!
for ((i = 0; i < 100; i++)); do
	[ ! -s /run/hog ] && kill -0 "$hog_pid" 2>/dev/null || break
	sleep 0.1
done
echo "# hog of $hog MiB: $(kilobytes MemFree) kB free, $(kilobytes Dirty) kB dirty, $(kilobytes Writeback) kB under write, $(((size + 1023) / 1024)) kB written before the cut"
result "$([ "$(kilobytes Dirty)" -gt 12000 ] || [ "$(kilobytes Writeback)" -gt 12000 ]; echo $?)" memory-is-dirty-or-the-hogs
sleep 2

began=$(now)
kill -CONT "$NTLMD_PID"
for ((i = 0; i < 600; i++)); do
	kill -0 "$writer" 2>/dev/null || break
	sleep 0.1
done
result "$((i == 600))" writes-all-in-60-s
echo "# written after $(($(now) - began)) ms: $(cut -d' ' -f1,3- /run/dirty)"
kill -9 "$writer" 2>/dev/null
wait "$writer"
result $? writer-got-no-error
sed 's/^/# /' /run/dirty.err
result "$([ "$(grep -o 'sha256=[^ ]*' /run/dirty)" = "sha256=$(sha256sum <"$SMB_FILES/dirty" | cut -d' ' -f1)" ] &&
	[ "$(stat -c %s "$SMB_FILES/dirty")" = $((records * 16384)) ]; echo $?)" all-is-right-on-the-server
result "$(kill -0 "$NTLMD_PID" && kill -0 "$(cat "$SMB_SERVER/pid/smbd.pid")"; echo $?)" helper-and-server-live
kill "$hog_pid" 2>/dev/null
wait "$hog_pid"
echo "# the hog ended with $?"

check unmounts umount /mnt/share
check cifs-unloads smb_unload
ntlmd_stop
check ntlm-unloads rmmod ntlm
smb_done
