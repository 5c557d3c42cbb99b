#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The demo as a test: run on the host, under the kernel in KERNEL. TAP.
set -u
cd "$(dirname "$(realpath "$0")")/../.." || exit
. selftests/lib/tap.sh

demo() { # NAME PASSWORD: its output in $text, its status in $status
	local start=$SECONDS
	out=$PWD/build/demo-$1-${KERNEL:?}
	text=$(PASSWORD=$2 DEMO_OUT=$out tools/demo/demo.sh 2>&1)
	status=$?
	seconds=$((SECONDS - start))
	sed 's/^/# /' <<<"$text"
}

says() { grep -q "$1" <<<"$text"; echo $?; }

demo right ''
result "$status" succeeds
result "$(tail -n 1 <<<"$text" | grep -q '^demo: ok'; echo $?)" ends-with-demo-ok
result "$((seconds >= 120))" takes-less-than-two-minutes
result "$(says 'yes: each is at auth level packet privacy')" every-stub-at-packet-privacy
result "$(says 'yes: tshark, given the password, decrypts')" tshark-decrypts-every-stub
result "$(says "yes: the share's name is in what it decrypts")" share-name-in-plaintext
result "$(says "yes: the share's name is not in the capture itself")" share-name-not-on-the-wire
result "$(says 'yes: with another password it decrypts nothing')" another-password-decrypts-nothing
result "$(says 'yes: the connection to the server belongs to no process')" socket-belongs-to-the-kernel
result "$(says 'yes: .* names the share')" answer-names-the-random-share
for word in 'asks the helper for NEGOTIATE' 'bind_ack with CHALLENGE' \
	'rpc_auth_3 with AUTHENTICATE' 'UNICODE .*SIGN SEAL .*128 KEY_EXCH' \
	'session established' 'seal seq 0:' 'unseal seq 0:' 'helper .*mic=yes'; do
	result "$(says "$word")" "tells-$(tr -cs 'a-zA-Z0-9\n' - <<<"$word" | tr A-Z a-z | sed 's/^-//; s/-$//')"
done
result "$(says '^  //files.example.com/.* cifs sec=ntlmssp,username=[a-z]*,password=,_netdev 0 0$')" shows-the-fstab-line
result "$(says '^  kept on the server$')" reads-a-file-of-the-share
result "$(says 'established  accepted .* cifs/files.example.com')" context-of-the-mount
result "$(says 'rotation: ok, without a remount')" password-rotates-without-a-remount
ratio=$(sed -n 's/.*mount time ratio: \([0-9.]*\)$/\1/p' <<<"$text")
result "$(awk -v r="${ratio:-99}" 'BEGIN { exit r > 1.5 }'; echo $?)" mount-takes-about-as-long-as-stock
first=$(grep -o 'share named [^ ]*' <<<"$text")

# The judge of the capture has to be able to say no.
. selftests/lib/samba.sh
tools/demo/capture_check.py "$out/lo.pcap" "$SAMBA_PASSWORD" nosuchshare >/dev/null
result "$(($? == 0))" judge-misses-a-share-that-is-not-there
tools/demo/capture_check.py "$out/lo.pcap" not-the-password "${first##* }" >/dev/null
result "$(($? == 0))" judge-needs-the-password

demo wrong wrong-password
result "$((status != 1))" wrong-password-exits-1
result "$(says 'the server refused the logon')" wrong-password-is-told
result "$((1 - $(says 'demo: ok')))" wrong-password-is-not-ok
second=$(grep -o 'share named [^ ]*' <<<"$text")
result "$([ "$first" != "$second" ]; echo $?)" share-is-random-per-run
tap_done
