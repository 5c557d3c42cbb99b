#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh CONFIG RELEASE: does a kernel of the lab report what it is there for? Each
# bug of planted.c in a boot of its own, and one without any. TAP.
set -u
here=$(dirname "$(realpath "$0")")
cd "$here/../../.." || exit 1
. selftests/lib/tap.sh
config=$1 release=$2 status=
dir=$(mktemp -d "${TMPDIR:-/tmp}/planted.XXXXXX")
trap 'rm -rf "$dir"' EXIT

modules=${MODULE_OUT:-build/uml-$config-$release}-planted
MODULE_OUT=$modules tools/lab/module.sh "$config" "$release" -- M=selftests/lab/planted >"$dir/build.log" 2>&1 || {
	sed 's/^/# /' "$dir/build.log"
	echo "Bail out! no planted.ko"
	exit 1
}
diagnose() {
	echo "#   status $status"
	sed "s/^/#   /" "$dir/output" | tail -n 40
}

# Status 126 and, in the same report, WHAT the checker says and WHERE the bug is
planted() { # BUG WHAT WHERE OPTION...
	local bug=$1 what=$2 where=$3
	shift 3
	tools/lab/run.sh -c "$config" -k "$release" -m 256 -t 60 -o "$dir/out" -M "$modules" "$@" \
		-- modprobe planted "bug=$bug" >"$dir/output" 2>&1
	status=$?
	[ "$status" = 126 ] && cat "$dir"/out/{console.log,dmesg,kmemleak} 2>/dev/null |
		awk -v what="$what" -v where="$where" '
			$0 ~ what { found = NR }
			found && NR <= found + 60 && $0 ~ where { both = 1 }
			END { exit !both }'
	result $? "$bug"
}

tools/lab/run.sh -c "$config" -k "$release" -m 256 -t 60 -M "$modules" -- modprobe planted >"$dir/output" 2>&1
result $? none
case $config in
kasan)
	planted heap-overrun 'KASAN: slab-out-of-bounds' planted_heap_overrun
	planted use-after-free 'KASAN: (slab-)?use-after-free' planted_use_after_free
	planted stack-overrun 'KASAN: stack-out-of-bounds' planted_stack_overrun
	planted shift 'UBSAN: shift-out-of-bounds' planted_shift
	planted index 'UBSAN: array-index-out-of-bounds' planted_index
	planted leak 'unreferenced object.*size 1024' planted_leak -l
	planted list 'list_add (double add|corruption)' planted_list
	planted refcount 'refcount_t: (addition on 0|saturated)' planted_refcount
	;;
lockdep)
	planted lock-order 'possible circular locking dependency' planted_lock_order
	planted sleep 'sleeping function called from invalid context|scheduling while atomic' planted_sleep
	planted softirq 'inconsistent lock state' planted_softirq
	planted object 'ODEBUG: free active' planted_object
	planted list 'list_add (double add|corruption)' planted_list
	planted refcount 'refcount_t: (addition on 0|saturated)' planted_refcount
	planted rcu 'suspicious rcu_dereference_check' planted_rcu
	;;
*)
	echo "Bail out! no bugs for $config"
	exit 1
	;;
esac
tap_done
