#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# All KUnit suites of the project, on the kernel that runs here, as root: KTAP.
set -u

modprobe ntlm || {
	echo "Bail out! no ntlm.ko"
	exit 1
}
status=0 any=
for ko in "/lib/modules/$(uname -r)"/updates/*_kunit.ko; do
	name=$(basename "$ko" .ko)
	any=1
	# What others said before is not in the report.
	before=$(dmesg | wc -l)
	modprobe "$name" || status=1
	report=$(dmesg -t | tail -n "+$((before + 1))" | tr -d '\r' | grep -E '^ *(KTAP|1\.\.|# |ok |not ok )|EXPECT|ASSERT')
	printf '%s\n' "$report"
	grep -qE '^    ok ' <<<"$report" || {
		echo "not ok - $name-reports"
		status=1
	}
	! grep -qE '^ *not ok ' <<<"$report" || status=1
	rmmod "$name" || status=1
done
rmmod ntlm || status=1
[ -n "$any" ] || {
	echo "Bail out! no suites"
	status=1
}
exit "$status"
