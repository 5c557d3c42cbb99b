#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# selftest.sh (KERNEL=RELEASE): does run.sh tell the truth? TAP.
set -u
here=$(dirname "$(realpath "$0")")
name=${KERNEL:-6.1}
# shellcheck source=SCRIPTDIR/checks.sh
. "$here/checks.sh"
dir=$(mktemp -d "${TMPDIR:-/tmp}/vm-selftest.XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
# shellcheck disable=SC2034 # for checks.sh
guest=("$here/run.sh" -k "$name")
{
	"$here/prep.sh" "$name" >/dev/null &&
		MODULE_OUT=$dir/modules "$here/../build/module.sh" "$name" -- M="$here/selftest"
} >build.log 2>&1 || {
	sed 's/^/# /' build.log | tail -n 20
	echo "Bail out! no test module for $name"
	exit 1
}

# shellcheck disable=SC2016 # for the guest's shell
check_a_command '' -M modules -e "BARE=$here/selftest/bare-root.py" <<'S'
[ -e /sys/kernel/debug/clear_warn_once ] && echo debugfs
[ -e /sys/kernel/tracing/set_event ] && echo tracefs
echo guest >/etc/hostname
unshare -m python3 "$BARE" "$PWD"
modprobe vm-fault-by-alias && grep -o "^vm_fault" /proc/modules
S
ok debugfs-is-mounted has stdout debugfs
ok tracefs-is-mounted has stdout tracefs
ok guest-reads-the-host-below has stdout "reads mine"
ok but-all-seven-ways-to-write-are-refused test "$(grep -c ' refused Read-only file system' stdout)" = 7
ok files-of-the-host-keep-their-mode test "$(stat -c %a host-file)" != 777
ok own-modules-load-by-their-alias has stdout vm_fault
check_output
check_ends 8

run -M modules -- sh -c 'modprobe vm_fault fault=panic; exit 0'
ok panic-gives-125 exits 125
ok and-the-panic-is-shown has stderr "vm_fault: planted"
run -- sh -c 'echo "<6>INFO: task x:1 blocked for more than 120 seconds." >/dev/kmsg; exit 3'
ok complaint-that-the-console-does-not-show-gives-126 exits 126
run -M modules -- sh -c 'modprobe vm_fault fault=warn; exit 0'
ok warn-gives-126 exits 126
ok and-the-warning-is-shown has stderr "WARNING: "
run -M modules -- sh -c 'modprobe vm_fault fault=oops; exit 0'
ok oops-gives-126 exits 126
ok and-the-oops-is-shown has stderr "NULL pointer dereference"
# Those are for kernels of the lab only.
run -- sh -c 'echo "FAULT_INJECTION: forcing a failure" >/dev/kmsg; echo "Call Trace:" >/dev/kmsg'
ok ordered-failure-is-a-complaint-here exits 126

status=0
"$here/boot.sh" -k "$name" -o out -- sh -c '
systemctl is-system-running --wait; cat /proc/1/comm
echo "WARNING: planted late" >/dev/kmsg; exit 3' >stdout 2>stderr || status=$?
ok with-systemd-too-a-complaint-gives-126 exits 126
ok and-is-shown-at-the-end has stderr "WARNING: planted late"
ok with-the-status-of-systemds-command has stderr "own status was 3"
ok systemd-is-the-first-process has stdout systemd
ok and-the-boot-was-finished has stdout running
ok and-the-shutdown-is-in-the-journal has out/journal "Stopping vm-report.service"

check_that_the_guest_ends "-fsdev local,id=out,path=$dir/out,"
tap_done
