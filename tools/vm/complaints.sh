# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What in the log of a guest's kernel is a complaint. Sourced, never run.
#
#	complaints FILE...	prints the lines that are, each once
#	deaths FILE...		those of a panic, which follow many complaints and
#				count by themselves, too
#	report FILE		all from the first of either on
#
# With $in_lab set, what a kernel of the lab says and is none is left out.

# Boot messages that merely name a checker ("Lock dependency validator", "kfence:
# initialized", "kmemleak: ... initialized") are not among these.
complaint='BUG:|BUG at |WARNING:|Oops|general protection|protection fault|invalid opcode|divide error'
complaint+='|double fault|unable to handle|Unable to handle|KASAN:|KCSAN:|KFENCE:|UBSAN:'
complaint+='|possible (recursive locking|circular locking|irq lock inversion|deadlock)|lock held|locks held'
complaint+='|inconsistent lock state|suspicious RCU|bad unlock balance|sleeping function|scheduling while atomic'
complaint+='|INFO: task .* blocked|rcu.*detected stall|soft lockup|hard LOCKUP|refcount_t:'
complaint+='|list_(add|del) (corruption|double)|unreferenced object|kmemleak: [0-9]+ new|ODEBUG:'
complaint+='|Objects remaining in|unregister_netdevice: waiting|DEBUG_LOCKS|corrupted stack|Kernel mode fault'
death='Kernel panic|Call Trace:'

# Four things of the lab are none: a failure that a test ordered is told with a
# trace, and with a warning where it was to describe a tracepoint; what stock code
# leaks then, selftests/failslab judges itself; and User Mode Linux 6.1 goes through
# the map of a process that nobody else knows yet without the lock that lockdep
# wants to see. What begins like the last one is held back until its end is there,
# or another complaint.
without_lab() {
	awk '
		function emit() { printf "%s", block; block = ""; n = 0 }
		/FAULT_INJECTION: forcing|page allocation failure: order|sysctl could not get directory: .* -12$/ { ordered = 1; next }
		ordered && /WARNING: .* event_define_fields/ { next }
		ordered && /Call Trace:/ { ordered = 0; next }
		/ntlm failslab: leaks of the stock code/ { stock = 1; next }
		stock && /kmemleak: [0-9]+ new/ { stock = 0; next }
		/suspicious RCU usage/ { emit(); n = 1 }
		n { block = block $0 "\n" }
		n && /BUG:|KASAN|UBSAN|ODEBUG|refcount_t:|sleeping function/ { emit(); next }
		n && /force_flush_all/ && block ~ /lib\/maple_tree\.c/ { block = ""; n = 0; next }
		n && ++n > 70 { emit(); next }
		!n
		END { emit() }'
}
judged() { cat -- "$@" | tr -d '\r' | if [ -n "${in_lab:-}" ]; then without_lab; else cat; fi; }
complaints() { judged "$@" | awk '!seen[$0]++' | grep -aE "$complaint"; }
deaths() { judged "$@" | awk '!seen[$0]++' | grep -aE "$death"; }
report() { judged "$1" | sed -nE "/$complaint|$death/,\$p"; }
