#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tracepoints, and Documentation/observability.md which tells of them; as root, in a
# guest whose files are thrown away. TAP.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source=SCRIPTDIR/../lib/ntlmd.sh
. "$here/../lib/ntlmd.sh"
# shellcheck source=SCRIPTDIR/../lib/tap.sh
. "$here/../lib/tap.sh"
bin=${NTLM_BIN:?}
tracing=/sys/kernel/tracing
work=$(mktemp -d)
log=$work/log
password=Fir5t.Password

diagnose() {
	tail -n 20 "$work/out" "$work/trace" 2>/dev/null | cut -c1-160 | sed 's/^/# /'
}

page() {
	python3 "$here/page.py" "$@" >"$work/out" 2>&1
}

begin() {
	echo 0 >$tracing/tracing_on
	echo >$tracing/trace
	echo 1 >$tracing/tracing_on
}
# events of ntlm since begin, as "name arguments"
end() {
	echo 0 >$tracing/tracing_on
	sed -n 's/.*: \(ntlm_[a-z_]*\): /\1 /p' $tracing/trace >"$work/trace"
}
saw() { # NAME PATTERN
	grep -qE -- "$2" "$work/trace"
	result $? "$1"
}
request() { "$bin/ntlmd_request" "$@" >"$work/request" 2>&1; }

modprobe ntlm_test
modprobe ntlm_dcerpc
page names
result $? every-event-and-field-of-the-page-exists
page all
result $? every-event-is-on-the-page
page filters
result $? filters-of-the-page-are-taken

echo 1 >$tracing/events/ntlm/enable
ntlmd_account
ntlmd_credential lab '[lab]' 'uid = 0' 'target = cifs/server' 'user = alice' 'domain = LAB' \
	"password = $password"
begin
ntlmd_start "$log" || exit 1
end
saw helper-registers "^ntlm_helper_register port=[0-9]+ pid=$NTLMD_PID generation=1"

begin
request -r 0 cifs/server $password
end
page order
is exchange-is-traced-as-the-page-says "$(tr '\n' ' ' <"$work/out")" \
	"$(grep -v ntlm_message "$work/trace" | cut -d' ' -f1 | tr '\n' ' ')"
saw states-have-names '^ntlm_ctx_state ctx=1 state=established flags=.*\|SEAL\|.* error=0'
is every-state-of-an-exchange 'pending continue pending established' \
	"$(sed -n 's/^ntlm_ctx_state .*state=\([a-z]*\).*/\1/p' "$work/trace" | paste -sd' ')"
saw keys-are-traced-without-a-key '^ntlm_ctx_keys ctx=1 flags=.*\|128\|.* granted= key=1$'
saw target-is-traced '^ntlm_ctx_create ctx=1 uid=0 target=cifs/server required='
saw verdict-is-traced '^ntlm_ctx_report ctx=1 ntstatus=0x00000000$'
begin
request -r 0xC000006D cifs/server $password
request cifs/unknown x
end
saw refusal-is-traced '^ntlm_ctx_report ctx=2 ntstatus=0xc000006d$'
saw failure-is-traced '^ntlm_ctx_state ctx=3 state=failed flags= error=-126$'
! grep -qi -- "$password\|$(printf %s "$password" | iconv -t utf-16le | od -An -tx1 | tr -d ' \n')" $tracing/trace
result $? no-password-is-traced

# --- helpers that go -------------------------------------------------------------

echo 1500 >/sys/module/ntlm/parameters/restart_grace_ms
begin
kill -STOP "$NTLMD_PID"
request cifs/server $password &
asker=$!
sleep 0.5
kill -KILL "$NTLMD_PID"
wait "$NTLMD_PID" 2>/dev/null
wait "$asker"
end
saw helper-that-is-killed-is-traced "^ntlm_helper_release port=[0-9]+ pid=$NTLMD_PID generation=1"
saw end-of-the-grace-is-traced '^ntlm_grace_end failed=1$'
ip netns add far
begin
ip netns del far
for ((i = 0; i < 50; i++)); do
	grep -q ntlm_netns_exit $tracing/trace && break
	sleep 0.1
done
end
saw end-of-a-namespace-is-traced '^ntlm_netns_exit netns=[0-9]+ requests=0$'

# --- what ntlmd cannot be made to do at a given moment ------------------------------

step() { # NAME: a step of steps.c
	begin
	"$bin/trace_steps" "step-$1" >"$work/out" 2>&1
	result $? "step-$1"
	end
	context=$(sed -n 's/^ntlm_ctx_create ctx=\([0-9]*\) .*/\1/p' "$work/trace")
	cookie=$(sed -n "s/^ntlm_request_accept ctx=$context \(cookie=[^ ]* leg=[0-9]*\).*/\1/p" "$work/trace" | head -n 1)
}
step message
saw sealed-message-is-traced "^ntlm_message ctx=$context op=seal seq=0 signed=100 sealed=100 error=0$"
saw message-that-is-none-is-traced "^ntlm_message ctx=$context op=unseal seq=0 signed=100 sealed=100 error=-74$"
step requeue
saw requeue-is-traced "^ntlm_request_requeue ctx=$context $cookie"
step cancel
saw cancel-is-traced "^ntlm_ctx_cancel ctx=$context$"
echo 0 >$tracing/events/ntlm/enable

# --- bpftrace ------------------------------------------------------------------------

if ! command -v bpftrace >/dev/null; then
	skipped bpftrace-counts-failures 'there is no bpftrace here'
	skipped bpftrace-takes-each-program-of-the-page 'there is no bpftrace here'
else
	# --unsafe is not needed; -d parses and checks against the kernel's formats
	page programs
	bad=0
	while IFS= read -r program; do
		bpftrace -d -e "$program" >"$work/trace" 2>&1 || {
			echo "# $program"
			tail -n 3 "$work/trace" | sed 's/^/# /'
			bad=1
		}
	done <"$work/out"
	result $bad bpftrace-takes-each-program-of-the-page
	program=$(grep 'args->error/ { @failed' "$work/out")
	timeout -s INT 60 bpftrace -e "BEGIN { printf(\"ready\\n\"); } $program" >"$work/bpf" 2>&1 &
	tracer=$!
	for ((i = 0; i < 400; i++)); do
		grep -q ready "$work/bpf" && break
		kill -0 $tracer 2>/dev/null || break
		sleep 0.1
	done
	ntlmd_start "$log"
	request cifs/unknown x
	request cifs/unknown y
	sleep 1
	kill -INT $tracer
	wait $tracer
	cp "$work/bpf" "$work/trace"
	if grep -qiE "not supported|BTF|Operation not permitted|No such file" "$work/bpf" && ! grep -q '@failed' "$work/bpf"; then
		skipped bpftrace-counts-failures "bpftrace does not run under this kernel: $(tail -n 1 "$work/bpf")"
	else
		grep -qF '@failed[-126]: 2' "$work/bpf"
		result $? bpftrace-counts-failures
	fi
fi
ntlmd_stop
rm -rf "$work"
tap_done
