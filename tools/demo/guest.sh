#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The part of the demo that runs in the virtual machine; see demo.sh. Leaves
# lo.pcap, answer.txt, ss.txt and ntlmd.log in /vmout.
#
# NTLM_BIN	directory of the programs
# DEMO_SHARE	name of the share that the server gets
# DEMO_PASSWORD	password that ntlmd gets; the account's own if empty
set -u
. selftests/lib/samba.sh
. selftests/lib/ntlmd.sh
out=/vmout
tracefs=/sys/kernel/tracing
tcpdump_pid='' reader_pid=''

step() { printf '\n== %s\n' "$*"; }
fail() {
	printf 'demo: %s\n' "$*"
	exit 1
}

step "starting Samba (smbd and samba-dcerpcd) on loopback, with a share named $DEMO_SHARE"
samba_start /run/samba "$DEMO_SHARE" 2>"$out/samba.err" || {
	cat "$out/samba.err"
	fail "Samba did not start"
}

step "loading ntlm.ko and ntlm_dcerpc.ko"
modprobe ntlm_rpc_test || fail "the modules cannot be loaded"

step "starting ntlmd with one credential, as user ntlmd with CAP_NET_ADMIN"
ntlmd_account
ntlmd_credential demo '[demo]' 'uid = 0' 'target = cifs/127.0.0.1' \
	"user = $SAMBA_USER" "domain = $SAMBA_DOMAIN" \
	"password = ${DEMO_PASSWORD:-$SAMBA_PASSWORD}"
ntlmd_start "$out/ntlmd.log" || fail "ntlmd did not start"
sed 's/^ntlmd: /  /' "$out/ntlmd.log"

step "capturing everything on lo"
tcpdump -i lo -U -s 0 -w "$out/lo.pcap" tcp >/dev/null 2>"$out/tcpdump.err" &
tcpdump_pid=$!
for ((i = 0; i < 100; i++)); do
	[ -s "$out/lo.pcap" ] && break
	sleep 0.05
done

step "the RPC client in the kernel asks the server for its name and its shares"
for group in ntlm ntlm_rpc; do
	[ ! -d "$tracefs/events/$group" ] || echo 1 >"$tracefs/events/$group/enable"
done
# Line by line: an awk that reads ahead would tell nothing until the end.
mawk -W interactive -f tools/demo/narrate.awk "$tracefs/trace_pipe" &
reader_pid=$!
tail -n 0 -f "$out/ntlmd.log" | sed -u 's/^ntlmd: /             helper   /' &
tail_pid=$!
"$NTLM_BIN/rpc_shares" -H 2 127.0.0.1 >"$out/answer.txt" 2>"$out/answer.err" &
client_pid=$!

# While the connection is held: who has the socket?
for ((i = 0; i < 600; i++)); do
	kill -0 "$client_pid" 2>/dev/null || break
	ss -Htnp state established '( dport >= :49152 and dport <= :49215 )' >"$out/ss.new"
	[ ! -s "$out/ss.new" ] || { cp "$out/ss.new" "$out/ss.txt"; break; }
	sleep 0.1
done
wait "$client_pid"
status=$?
sleep 0.5
kill "$reader_pid" "$tcpdump_pid" "$tail_pid" 2>/dev/null
wait "$reader_pid" "$tcpdump_pid" 2>/dev/null
if [ "$status" != 0 ]; then
	step "no answer"
	cat "$out/answer.err"
	exit 1
fi
step "the answer of the server"
sed 's/^/  /' "$out/answer.txt"
step "the client's socket, as ss -p shows it"
sed 's/^/  /' "$out/ss.txt" 2>/dev/null

bash tools/demo/guest-mount.sh
status=$?
ntlmd_stop
samba_stop /run/samba
exit "$status"
