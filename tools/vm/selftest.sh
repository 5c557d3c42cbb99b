#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# selftest.sh [-k RELEASE] (or KERNEL=RELEASE): does run.sh tell the truth? TAP on stdout.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../build/common.sh"

kernel=${KERNEL:-6.1}
while getopts k: opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	*) exit 2 ;;
	esac
done
name=$(series "$kernel")

dir=$(mktemp -d "${TMPDIR:-/tmp}/vm-selftest.XXXXXX")
trap 'rm -rf "$dir"' EXIT
cd "$dir"
"$here/prep.sh" "$name" >/dev/null
MODULE_OUT=$dir/modules "$here/../build/module.sh" "$name" -- M="$here/selftest" >build.log 2>&1 || {
	cat build.log >&2
	die "cannot build the test module for $name"
}

n=0 failed=0
ok() { # TEXT CONDITION...
	local text=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $text"
		return
	fi
	echo "not ok $n - $text"
	echo "# $name: status $status"
	sed 's/^/# /' stdout stderr | head -n 60
	failed=$((failed + 1))
}
vm() { # run.sh's arguments; leaves status, stdout, stderr
	status=0
	"$here/run.sh" -k "$name" "$@" >stdout 2>stderr || status=$?
}
is() { [ "$status" = "$1" ]; }
has() { grep -qF -- "$2" "$1"; }
gone() { [ -z "$left" ] && is 143; }

echo "TAP version 13"

vm -- true
ok "a command that succeeds gives 0" is 0
ok "and nothing else is said" test ! -s stderr -a ! -s stdout

echo mine >host-file
mkdir out
# shellcheck disable=SC2016 # for the guest's shell
vm -o out -e "WORDS=a 'quoted'  value" -e "BARE=$here/selftest/bare-root.py" -M modules -- sh -c '
echo "out $1"; echo "err $2" >&2
echo "cwd $PWD"; echo "env [$WORDS] [$VM]"
echo "kernel $(uname -r)"
[ "$(cat /proc/1/comm)" ] && echo "uid $(id -u)"
ip -o link show lo | grep -o "LOOPBACK,UP"
[ -e /sys/kernel/debug/clear_warn_once ] && echo debugfs
[ -e /sys/kernel/tracing/set_event ] && echo tracefs
echo guest >/vmout/from-guest && chmod 600 /vmout/from-guest
echo guest >host-file; echo guest >new-file; cat host-file | sed "s/^/overlay /"
echo guest >/etc/hostname
unshare -m python3 "$BARE" "$PWD"
modprobe vm-fault-by-alias && grep -o "^vm_fault" /proc/modules
modprobe libarc4 && modprobe cifs && grep -o "^libarc4" /proc/modules
exit 7' sh "a b" "c'd\"\$x"
ok "its status passes through" is 7
ok "standard output passes through" has stdout "out a b"
ok "standard error passes through, words are not split" has stdout "err c'd\"\$x"
ok "the directory is the same" has stdout "cwd $dir"
ok "variables are set" has stdout "env [a 'quoted'  value] [1]"
ok "the kernel is the one asked for" has stdout "kernel $name."
ok "the command is root's" has stdout "uid 0"
ok "loopback is up" has stdout "LOOPBACK,UP"
ok "debugfs is mounted" has stdout debugfs
ok "tracefs is mounted" has stdout tracefs
ok "/vmout is the host's folder" has out/from-guest guest
ok "it gets the kernel log" has out/dmesg "Linux version $name."
ok "the guest can write, for itself" has stdout "overlay guest"
ok "the host's file is as it was" has host-file mine
ok "below that, the guest reads the host's root" has stdout "reads mine"
ok "but all seven ways to write are refused" test "$(grep -c ' refused Read-only file system' stdout)" = 7
ok "no file appeared on the host" test ! -e new-file -a ! -e bare-file -a ! -e bare-dir
ok "its files keep their mode" test "$(stat -c %a host-file)" != 777
ok "own modules load by their alias" has stdout vm_fault
ok "stock modules load" has stdout libarc4

start=$SECONDS
"$here/run.sh" -k "$name" -- sh -c 'echo first; sleep 8; echo second' >stdout 2>stderr &
pid=$!
for ((i = 0; i < 300; i++)); do
	! grep -q first stdout || break
	sleep 0.1
done
status=running
ok "output comes while the command runs" test "$(cat stdout)" = first
status=0
wait $pid || status=$?
ok "and then the rest" test "$status $(tail -n1 stdout)" = "0 second"

vm -t 8 -- sleep 1000
ok "a command that does not end gives 124" is 124
ok "and the reason is said" has stderr "no end after 8 s"

vm -- sh -c 'echo b >/proc/sysrq-trigger; sleep 60'
ok "a guest that leaves without a report gives 125" is 125

vm -M modules -- sh -c 'modprobe vm_fault fault=panic; exit 0'
ok "a guest that panics gives 125" is 125
ok "and the panic is shown" has stderr "vm_fault: planted"

vm -- sh -c 'echo "WARNING: planted" >/dev/kmsg; exit 0'
ok "a complaint in the kernel log gives 126" is 126
ok "and is shown" has stderr "WARNING: planted"
vm -- sh -c 'echo "<6>INFO: task x:1 blocked for more than 120 seconds." >/dev/kmsg; exit 3'
ok "also one that the console does not show" is 126
ok "with the command's status" has stderr "own status was 3"

vm -M modules -- sh -c 'modprobe vm_fault fault=warn; exit 0'
ok "a WARN() gives 126" is 126
ok "and is shown" has stderr "WARNING: "
vm -M modules -- sh -c 'modprobe vm_fault fault=oops; exit 0'
ok "an oops gives 126" is 126
ok "and is shown" has stderr "NULL pointer dereference"

status=0
"$here/boot.sh" -k "$name" -o out -- sh -c '
systemctl is-system-running --wait; cat /proc/1/comm
echo "WARNING: planted late" >/dev/kmsg; exit 3' >stdout 2>stderr || status=$?
ok "with systemd, too, a complaint gives 126" is 126
ok "and is shown at the end" has stderr "WARNING: planted late"
ok "with the command's status" has stderr "own status was 3"
ok "systemd is the first process" has stdout systemd
ok "and the boot was finished" has stdout running
ok "and the shutdown is in the journal" has out/journal "Stopping vm-report.service"

"$here/run.sh" -k "$name" -o out -- sh -c 'echo up; sleep 1000' >stdout 2>stderr &
pid=$!
for ((i = 0; i < 300; i++)); do
	! grep -q up stdout || break
	sleep 0.1
done
kill $pid
status=0
wait $pid || status=$?
for ((i = 0; i < 50; i++)); do
	left=$(pgrep -f -- "-fsdev local,id=out,path=$dir/out," || true)
	[ -n "$left" ] || break
	sleep 0.1
done
ok "a runner that is told to end takes its guest along" gone

echo "1..$n"
echo "# $name: $((n - failed)) passed, $failed failed, $((SECONDS - start)) s"
[ $failed = 0 ]
