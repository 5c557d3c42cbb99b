# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# TAP for suites in shell. To be sourced.
#
#	result STATUS NAME	one test; 0 is passed. After one that failed the suite's own
#				diagnose is called, if it has one
#	is NAME WANT GOT...	the test is passed if the words are the same
#	skipped NAME REASON
#	tap_done		plan line; exits with 1 if a test failed
#
# $tap_failed is 1 once a test failed.
tap_number=0
tap_failed=0

result() {
	tap_number=$((tap_number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_number - $2"
		return
	fi
	echo "not ok $tap_number - $2"
	tap_failed=1
	if declare -F diagnose >/dev/null; then diagnose; fi
}

is() {
	local name=$1 want=$2
	shift 2
	[ "$*" = "$want" ] || echo "# $name: wanted \"$want\", got \"$*\""
	[ "$*" = "$want" ]
	result $? "$name"
}

skipped() {
	tap_number=$((tap_number + 1))
	echo "ok $tap_number - $1 # SKIP $2"
}

tap_done() {
	echo "1..$tap_number"
	exit "$tap_failed"
}
