# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What run.sh of the emulated machine and of the lab promise both: the tests of
# their selftests, which source this and have
#
#	$name	the release of the kernel
#	guest	run.sh with arguments that others can follow
#
# The working directory is an empty one of their own.
# shellcheck source=SCRIPTDIR/../../selftests/lib/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../selftests/lib/tap.sh"

diagnose() { { echo "status $status"; cat stdout stderr; } | sed 's/^/#   /' | head -n 60; }
run() { # leaves status, stdout, stderr
	status=0
	"${guest[@]}" "$@" >stdout 2>stderr || status=$?
}
ok() { # NAME CONDITION...
	local name=$1
	shift
	"$@"
	result $? "$name"
}
exits() { [ "$status" = "$1" ]; }
has() { grep -qF -- "$2" "$1"; }
background() { # the same, $child; waits until it has said something
	status=running
	: >stdout
	"${guest[@]}" "$@" >stdout 2>stderr &
	child=$!
	for ((i = 0; i < 1200; i++)); do
		[ ! -s stdout ] || break
		sleep 0.1
	done
}

# With a script for the guest on standard input
check_a_command() { # CONFIG OPTION...: of the lab, or empty
	local config=$1
	shift
	run -- true
	ok command-that-succeeds-gives-0 exits 0
	ok and-nothing-else-is-said test ! -s stderr -a ! -s stdout

	echo mine >host-file
	mkdir -p out
	cat >script
	# shellcheck disable=SC2016 # for the guest's shell
	run -o out -e "WORDS=a 'quoted'  value" "$@" -- sh -c '
echo "out $1"; echo "err $2" >&2
echo "cwd $PWD"; echo "env [$WORDS] [$VM]$NTLM_LAB"
echo "kernel $(uname -r)"; [ "$(cat /proc/1/comm)" ] && echo "uid $(id -u)"
ip -o link show lo | grep -o "LOOPBACK,UP"
echo guest >/vmout/from-guest && chmod 600 /vmout/from-guest
echo guest >host-file; echo guest >new-file; cat host-file | sed "s/^/overlay /"
. ./script
modprobe libarc4 && modprobe cifs && grep -o "^libarc4" /proc/modules
[ -t 1 ] || echo "no terminal"
exit 7' sh "a b" "c'd\"\$x"
	ok status-passes-through exits 7
	ok output-passes-through has stdout "out a b"
	ok words-are-not-split has stdout "err c'd\"\$x"
	ok directory-is-the-same has stdout "cwd $PWD"
	ok variables-are-set has stdout "env [a 'quoted'  value] [1]$config"
	ok kernel-is-the-one-asked-for has stdout "kernel $name."
	ok command-is-roots has stdout "uid 0"
	ok loopback-is-up has stdout LOOPBACK,UP
	ok output-is-no-terminal has stdout "no terminal"
	ok out-is-the-hosts-folder has out/from-guest guest
	ok kernel-log-is-there has out/dmesg "Linux version $name."
	ok guest-writes-for-itself has stdout "overlay guest"
	ok hosts-file-is-as-it-was has host-file mine
	ok no-file-appeared test ! -e new-file -a ! -e bare-file -a ! -e bare-dir
	ok modules-of-the-kernel-load has stdout libarc4
}

check_output() {
	rm -f out/go
	# shellcheck disable=SC2016 # for the guest's shell
	background -o out -- sh -c 'echo first; until [ -e /vmout/go ]; do sleep 0.1; done; echo second'
	ok output-comes-while-the-command-runs test "$(cat stdout)" = first
	: >out/go
	status=0
	wait "$child" || status=$?
	ok and-then-the-rest test "$status $(tail -n1 stdout)" = "0 second"

	run -- sh -c 'seq 200000'
	ok long-output-is-whole test "$status $(cksum <stdout)" = "0 $(seq 200000 | cksum)"
}

check_ends() { # SECONDS of limit, more than a boot takes
	run -t "$1" -- sleep 1000
	ok no-end-gives-124 exits 124
	ok and-the-reason-is-said has stderr "no end after $1 s"

	run -- sh -c 'echo b >/proc/sysrq-trigger; sleep 60'
	ok end-without-a-report-gives-125 exits 125

	run -- sh -c 'echo "WARNING: planted" >/dev/kmsg; exit 3'
	ok complaint-gives-126 exits 126
	ok and-is-shown has stderr "WARNING: planted"
	ok with-the-commands-status has stderr "own status was 3"
}

check_that_the_guest_ends() { # PATTERN of its command line
	local left=''
	background -o out -- sh -c 'echo up; sleep 1000'
	kill "$child"
	status=0
	wait "$child" || status=$?
	for ((i = 0; i < 300; i++)); do
		left=$(pgrep -f -- "$1" || true)
		[ -n "$left" ] || break
		sleep 0.1
	done
	ok runner-that-is-told-to-end-takes-its-guest-along test "$status$left" = 143
}
