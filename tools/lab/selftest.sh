#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# selftest.sh [CONFIG] (KERNEL=RELEASE): does run.sh of the lab tell the truth? TAP.
# CONFIG is kasan unless named.
set -u
here=$(dirname "$(realpath "$0")")
config=${1:-kasan} name=${KERNEL:-6.1}
# shellcheck source=SCRIPTDIR/../vm/checks.sh
. "$here/../vm/checks.sh"
dir=$(mktemp -d "${TMPDIR:-/tmp}/lab-selftest.XXXXXX")
trap 'rm -rf "$dir"' EXIT
"$here/kernel.sh" "$config" "$name" >/dev/null || {
	echo "Bail out! no kernel"
	exit 1
}
cd "$dir" || exit 1
# shellcheck disable=SC2034 # for checks.sh
guest=("$here/run.sh" -c "$config" -k "$name" -m 256)
# The kernel's log has LINEs, and the command ends with 3.
logged() { # OPTION... -- LINE...
	local options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	# shellcheck disable=SC2016 # for the guest's shell
	run "${options[@]}" -- sh -c 'for l; do echo "$l" >/dev/kmsg; done; exit 3' sh "$@"
}

# shellcheck disable=SC2016 # for the guest's shell
check_a_command "$config" <<'S'
[ -e /sys/kernel/debug/kunit ] && echo debugfs
mkdir /bare && mount -t hostfs -o / none /bare && echo "sees $(cat "/bare/$PWD/host-file")"
echo guest >"/bare/$PWD/host-file" || echo "cannot write"
echo guest >"/bare/$PWD/bare-file" || echo "cannot create"
S
ok debugfs-is-mounted has stdout debugfs
ok guest-sees-the-host-below has stdout "sees mine"
if [ "$(id -u)" = 0 ]; then
	ok but-cannot-write-there has stdout "cannot write"
	ok nor-create-files has stdout "cannot create"
else
	skipped but-cannot-write-there "needs root: the guest has this user's rights"
	skipped nor-create-files "needs root: the guest has this user's rights"
fi
check_output
check_ends 5

run -- sh -c 'echo c >/proc/sysrq-trigger; sleep 60'
ok panic-is-trouble test "$status" = 125 -o "$status" = 126
ok and-the-panic-is-shown has stderr "sysrq triggered crash"
logged -p -- "WARNING: planted"
ok with-p-it-does-not exits 3

forcing='FAULT_INJECTION: forcing a failure'
logged -- "$forcing" 'Call Trace:'
ok ordered-failure-is-no-complaint exits 3
logged -- "$forcing" 'Call Trace:' 'Call Trace:'
ok but-hides-no-other exits 126
fields='WARNING: CPU: 0 PID: 1 at kernel/trace/trace_events.c:1 event_define_fields+0x1/0x2'
logged -- "$forcing" "$fields" 'Call Trace:'
ok tracepoint-without-memory-is-no-complaint exits 3
logged -- "$fields"
ok unless-nothing-was-ordered exits 126
usage='WARNING: suspicious RCU usage' tree='lib/maple_tree.c:1 suspicious rcu_dereference_check() usage!'
logged -- "$usage" "$tree" ' force_flush_all+0x1/0x2'
ok lock-of-an-unknown-map-is-no-complaint exits 3
hidden=''
for line in 'BUG: KASAN: use-after-free in planted' 'UBSAN: planted' 'ODEBUG: planted' \
	'refcount_t: planted' 'sleeping function called from invalid context'; do
	logged -- "$usage" "$tree" "$line" ' force_flush_all+0x1/0x2'
	if ! { exits 126 && has stderr "$line"; }; then
		hidden=$line
	fi
done
ok but-hides-nothing-between test -z "$hidden"

# The runners of the suites
while IFS= read -r line; do
	case $line in
	ok\ *) result 0 "${line#* - }" ;;
	not\ ok\ *) result 1 "${line#* - }" ;;
	esac
done < <("$here/../check/tap_test.py" 2>stderr)

check_that_the_guest_ends "init=$dir/out/.lab/init"
tap_done
