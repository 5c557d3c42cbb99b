#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The machine is suspended, or a task killed, while a mount waits for ntlmd. The
# suspend goes as far as all tasks are frozen (pm_test). TAP.
set -u
. selftests/lib/smb.sh
user=sleeper

now() { echo "$((${EPOCHREALTIME/./} / 1000))"; }

waits_for_ntlmd() { grep -q ntlm_request_run "/proc/$1/stack" 2>/dev/null; }

any_waits() { # PID...
	local i pid
	for ((i = 0; i < 100; i++)); do
		for pid; do
			waits_for_ntlmd "$pid" && return 0
		done
		sleep 0.05
	done
	return 1
}

# Freezes everything and thaws it; how long that took goes into $froze. The SMB
# client's own thread takes up to seven seconds to notice, with any mount.
freeze() {
	local began status=0
	began=$(now)
	echo mem >/sys/power/state || status=1
	froze=$(($(now) - began))
	users=$(dmesg | sed -n 's/.*Freezing user space processes completed (elapsed \([0-9.]*\) seconds).*/\1/p' | tail -n 1)
	dmesg | grep -iE 'freez|suspend' | tail -n 6 >"$SMB_OUTPUT"
	return "$status"
}

users_froze_at_once() { awk -v s="${users:-99}" 'BEGIN { exit s >= 2 }'; }

dies() { # PID MS
	local began
	began=$(now)
	kill -9 "$1"
	while kill -0 "$1" 2>/dev/null; do
		[ $(($(now) - began)) -le "$2" ] || return 1
		sleep 0.02
	done
	echo "# killed: gone after $(($(now) - began)) ms"
}

mount_waits() {
	mount -i -t cifs //127.0.0.1/files /mnt/share \
		-o "ip=127.0.0.1,sec=ntlmssp,user=$user,hard,cache=none" >"$SMB_OUTPUT" 2>&1 &
	task=$!
	any_waits "$task"
}

smb_start files || exit 1
smb_users "$user" || exit 1
smb_credential 0 'cifs/127.0.0.1' "$user"
ntlmd_start "$SMB_LOG" || exit 1
mkdir -p /mnt/share
echo 'still here' >"$SMB_FILES/file"
echo 0 >/sys/module/suspend/parameters/pm_test_delay
echo freezer >/sys/power/pm_test
echo 10000 >/sys/power/pm_freeze_timeout

check freezes-when-nothing-waits freeze
echo "# nothing waits: $froze ms"

# --- in a mount ----------------------------------------------------------------

kill -STOP "$NTLMD_PID"
check mount-waits-for-ntlmd mount_waits
check mount-that-waits-is-killed dies "$task" 1000
wait "$task" 2>/dev/null

check mount-waits-again mount_waits
check mount-that-waits-is-frozen freeze
echo "# a mount waits: $froze ms, programs $users s"
check mount-does-not-hold-up-the-freezer users_froze_at_once
kill -CONT "$NTLMD_PID"
wait "$task"
result $? mount-ends-after-the-thaw
result "$([ "$(cat /mnt/share/file)" = 'still here' ]; echo $?)" mount-is-usable
check freezes-with-an-idle-mount freeze
echo "# an idle mount: $froze ms"

check unmounts umount /mnt/share
check cifs-unloads smb_unload
ntlmd_stop
check ntlm-unloads rmmod ntlm
smb_done
