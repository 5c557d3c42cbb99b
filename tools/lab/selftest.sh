#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# selftest.sh [CONFIG] (KERNEL=RELEASE): does run.sh of the lab tell the truth? TAP.
# CONFIG is kasan unless named.
set -u
here=$(dirname "$(realpath "$0")")
config=${1:-kasan} name=${KERNEL:-6.1}
. "$here/../../selftests/lib/tap.sh"
dir=$(mktemp -d "${TMPDIR:-/tmp}/lab-selftest.XXXXXX")
trap 'rm -rf "$dir"' EXIT
"$here/kernel.sh" "$config" "$name" >/dev/null || {
	echo "Bail out! no kernel"
	exit 1
}
cd "$dir" || exit 1

diagnose() { { echo "status $status"; cat stdout stderr; } | sed 's/^/#   /' | head -n 60; }
lab() { # run.sh's arguments; leaves status, stdout, stderr
	status=0
	"$here/run.sh" -c "$config" -k "$name" -m 256 "$@" >stdout 2>stderr || status=$?
}
ok() { # NAME CONDITION...
	local name=$1
	shift
	"$@"
	result $? "$name"
}
is() { [ "$status" = "$1" ]; }
has() { grep -qF -- "$2" "$1"; }

lab -- true
ok command-that-succeeds-gives-0 is 0
ok and-nothing-else-is-said test ! -s stderr -a ! -s stdout

echo mine >host-file
mkdir out
# shellcheck disable=SC2016 # for the guest's shell
lab -o out -e "WORDS=a 'quoted'  value" -- sh -c '
echo "out $1"; echo "err $2" >&2
echo "cwd $PWD"; echo "env [$WORDS] [$VM] [$NTLM_LAB]"
echo "kernel $(uname -r)"; echo "uid $(id -u)"
ip -o link show lo | grep -o "LOOPBACK,UP"
[ -e /sys/kernel/debug/kunit ] && echo debugfs
echo guest >/vmout/from-guest
echo guest >host-file; echo guest >new-file; cat host-file | sed "s/^/overlay /"
mkdir /bare && mount -t hostfs -o / none /bare && echo "sees $(cat "/bare/$PWD/host-file")"
echo guest >"/bare/$PWD/host-file" || echo "cannot write"
echo guest >"/bare/$PWD/bare-file" || echo "cannot create"
modprobe libarc4 && modprobe cifs && grep -o "^libarc4" /proc/modules
[ -t 1 ] || echo "no terminal"
exit 7' sh "a b" "c'd\"\$x"
ok status-passes-through is 7
ok output-passes-through has stdout "out a b"
ok words-are-not-split has stdout "err c'd\"\$x"
ok directory-is-the-same has stdout "cwd $dir"
ok variables-are-set has stdout "env [a 'quoted'  value] [1] [$config]"
ok kernel-is-the-one-asked-for has stdout "kernel $name."
ok command-is-roots has stdout "uid 0"
ok loopback-is-up has stdout LOOPBACK,UP
ok debugfs-is-mounted has stdout debugfs
ok output-is-no-terminal has stdout "no terminal"
ok out-is-the-hosts-folder has out/from-guest guest
ok kernel-log-is-there has out/dmesg "Linux version $name."
ok guest-writes-for-itself has stdout "overlay guest"
ok hosts-file-is-as-it-was has host-file mine
ok guest-sees-the-host-below has stdout "sees mine"
if [ "$(id -u)" = 0 ]; then
	ok but-cannot-write-there has stdout "cannot write"
	ok nor-create-files has stdout "cannot create"
else
	skipped but-cannot-write-there "needs root: the guest has this user's rights"
	skipped nor-create-files "needs root: the guest has this user's rights"
fi
ok no-file-appeared test ! -e new-file -a ! -e bare-file
ok modules-of-the-kernel-load has stdout libarc4

"$here/run.sh" -c "$config" -k "$name" -m 256 -- sh -c 'echo first; sleep 5; echo second' >stdout 2>stderr &
pid=$!
for ((i = 0; i < 300; i++)); do
	! grep -q first stdout || break
	sleep 0.1
done
status=running
ok output-comes-while-the-command-runs test "$(cat stdout)" = first
status=0
wait $pid || status=$?
ok and-then-the-rest test "$status $(tail -n1 stdout)" = "0 second"

lab -- sh -c 'seq 200000'
ok long-output-is-whole test "$status $(cksum <stdout)" = "0 $(seq 200000 | cksum)"

lab -t 5 -- sleep 1000
ok no-end-gives-124 is 124
ok and-the-reason-is-said has stderr "no end after 5 s"

lab -- sh -c 'echo b >/proc/sysrq-trigger; sleep 60'
ok end-without-a-report-gives-125 is 125
lab -- sh -c 'echo c >/proc/sysrq-trigger; sleep 60'
ok panic-is-trouble test "$status" = 125 -o "$status" = 126
ok and-the-panic-is-shown has stderr "sysrq triggered crash"

lab -- sh -c 'echo "WARNING: planted" >/dev/kmsg; exit 3'
ok complaint-gives-126 is 126
ok and-is-shown has stderr "WARNING: planted"
ok with-the-commands-status has stderr "own status was 3"
lab -p -- sh -c 'echo "WARNING: planted" >/dev/kmsg; exit 3'
ok with-p-it-does-not is 3

lab -- sh -c 'echo "FAULT_INJECTION: forcing a failure" >/dev/kmsg; echo "Call Trace:" >/dev/kmsg; exit 0'
ok ordered-failure-is-no-complaint is 0
lab -- sh -c 'echo "FAULT_INJECTION: forcing a failure" >/dev/kmsg; echo "Call Trace:" >/dev/kmsg; echo "Call Trace:" >/dev/kmsg'
ok but-hides-no-other is 126

"$here/run.sh" -c "$config" -k "$name" -m 256 -o out -- sh -c 'echo up; sleep 1000' >stdout 2>stderr &
pid=$!
for ((i = 0; i < 300; i++)); do
	! grep -q up stdout || break
	sleep 0.1
done
kill $pid
status=0
wait $pid || status=$?
for ((i = 0; i < 50; i++)); do
	left=$(pgrep -f -- "init=$dir/out/.lab/init" || true)
	[ -n "$left" ] || break
	sleep 0.1
done
ok runner-that-is-told-to-end-takes-its-guest-along test "$status$left" = 143
tap_done
