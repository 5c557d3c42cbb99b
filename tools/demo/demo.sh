#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The main job, end to end, for a person to watch: in a virtual machine that is
# thrown away afterwards, a client in the kernel talks to a real Samba under
# NTLM, signed and sealed, and a share is mounted, while ntlmd does the
# authentication.
#
# KERNEL	6.1 (default), 6.12 or 7
# PASSWORD	what ntlmd gets as the account's password; wrong ones end with
#		exit status 1
# DEMO_OUT	directory to keep capture and logs in
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
kernel=${KERNEL:-6.1}
build=$PWD/build
out=${DEMO_OUT:-$build/demo}
start=$SECONDS

quietly() { # WHAT COMMAND...
	local what=$1
	shift
	printf '== %s\n' "$what"
	if ! "$@" >"$out/build.log" 2>&1; then
		tail -n 30 "$out/build.log" >&2
		printf 'demo: failed: %s (see %s)\n' "$what" "$out/build.log" >&2
		exit 1
	fi
}

mkdir -p "$out"
rm -f "$out"/{lo.pcap,ntlmd.log,answer.txt,answer.err,ss.txt}
quietly "building ntlm.ko and ntlm_dcerpc.ko for Debian's kernel $kernel" \
	tools/build/module.sh "$kernel"
quietly "building cifs.ko from Debian's source (the first time takes minutes)" \
	tools/build/smb.sh "$kernel"
quietly "building ntlmd" make -C helper "O=$build/host"
quietly "building ntlmctl" make -C tools/ntlmctl "O=$build/host"
quietly "building the program that asks" \
	make -C selftests/dcerpc "O=$build/host" "$build/host/rpc_shares"

share=s$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
printf '== booting a virtual machine with that kernel\n'
if ! tools/vm/run.sh -k "$kernel" -t 180 -o "$out" -M "$build/$kernel" \
	-e "NTLM_BIN=$build/host" -e "DEMO_SHARE=$share" \
	-e "DEMO_PASSWORD=${PASSWORD:-}" -- bash tools/demo/guest.sh; then
	printf 'demo: failed after %d s: %s\n' $((SECONDS - start)) \
		"$(cat "$out/answer.err" 2>/dev/null || echo "see above")"
	exit 1
fi

. selftests/lib/samba.sh
failed=0
printf '\n== what the wire saw, as tshark reads it\n'
tools/demo/capture_check.py "$out/lo.pcap" "$SAMBA_PASSWORD" "$share" || failed=1
printf '\n== what else has to be true\n'
check() { # TEXT COMMAND...
	local text=$1
	shift
	if "$@"; then
		printf '  yes: %s\n' "$text"
	else
		printf '  NO:  %s\n' "$text"
		failed=1
	fi
}
no_process() { [ -s "$out/ss.txt" ] && ! grep -q 'users:' "$out/ss.txt"; }
check "the server's answer names the share $share of this run" \
	grep -qw "$share" "$out/answer.txt"
check "the connection to the server belongs to no process" no_process

if [ "$failed" != 0 ]; then
	printf 'demo: failed after %d s\n' $((SECONDS - start))
	exit 1
fi
printf '\ndemo: ok (%d s)\n' $((SECONDS - start))
