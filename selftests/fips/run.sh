#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A kernel booted with fips=1: the module loads, creating a context is refused
# and one line of the log says why. TAP.
set -u
. selftests/lib/tap.sh

if [ ! -e /proc/sys/crypto/fips_enabled ]; then
	for name in kernel-is-in-fips-mode module-loads context-is-refused-4000 \
		context-is-refused-4001 one-line-says-why; do
		skipped "$name" "this kernel is built without FIPS mode"
	done
	tap_done
fi

result "$([ "$(cat /proc/sys/crypto/fips_enabled)" = 1 ]; echo $?)" kernel-is-in-fips-mode
modprobe ntlm
result $? module-loads
for port in 4000 4001; do
	"$NTLM_BIN/example_server" "$port" >/run/server 2>&1 &
	server=$!
	for ((i = 0; i < 200; i++)); do
		grep -q ready /run/server && break
		sleep 0.05
	done
	text=$(modprobe ntlm_example port="$port" 2>&1)
	result "$(grep -q 'Operation not supported' <<<"$text"; echo $?)" "context-is-refused-$port"
	wait "$server"
done
lines=$(dmesg | grep -c 'ntlm: refused: .*FIPS mode')
result "$([ "$lines" = 1 ]; echo $?)" "one-line-says-why"
[ "$tap_failed" = 0 ] || dmesg | tail -n 5 | sed 's/^/# /'
tap_done
