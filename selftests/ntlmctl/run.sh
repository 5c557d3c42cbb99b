#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What ntlmctl shows: status, counters, contexts and events, for people and as
# JSON, its exit statuses, and what shells complete; as root, in a guest whose
# files are thrown away. TAP.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source=SCRIPTDIR/../lib/ntlmd.sh
. "$here/../lib/ntlmd.sh"
# shellcheck source=SCRIPTDIR/../lib/tap.sh
. "$here/../lib/tap.sh"
bin=${NTLM_BIN:?}
work=$(mktemp -d)
chmod 755 "$work"
log=$work/log
ctl=$bin/ntlmctl

diagnose() {
	tail -n 12 "$work/out" "$work/err" "$log" 2>/dev/null | sed 's/^/# /'
}

# run ARGUMENT...: ntlmctl, with $status, $work/out and $work/err
run() {
	"$ctl" "$@" >"$work/out" 2>"$work/err"
	status=$?
}

# has NAME TEXT FILE: does the file contain the text?
has() {
	grep -qF -- "$2" "$3"
	result $? "$1"
}

hasnot() {
	! grep -qF -- "$2" "$3"
	result $? "$1"
}

# fits NAME COMMAND [CONDITION...]: what run wrote, against the schema
fits() {
	local name=$1
	shift
	python3 "$here/schema.py" "$@" <"$work/out" 2>"$work/why"
	result $? "$name" || true
	sed 's/^/# /' "$work/why" | tail -n 3
}

# wait_for TEXT FILE: until the file contains the text, at most 10 s
wait_for() {
	local i
	for ((i = 0; i < 200; i++)); do
		grep -qF -- "$1" "$2" && return 0
		sleep 0.05
	done
	return 1
}

request() { "$bin/ntlmd_request" "$@"; }

# --- without the module -------------------------------------------------------

helper=$(cat /proc/sys/kernel/modprobe)
echo /bin/false >/proc/sys/kernel/modprobe
run --json status
is status-without-module-exits-3 3 $status
fits status-without-module-is-json status 'not d["module"]["loaded"]' 'd["helper"] is None' \
	'd["counters"] is None' 'd["module"]["installed"]["path"].startswith("/lib/modules")' \
	'd["kernel"]["source"]' 'd["kernel"]["release"]'
has status-without-module-names-the-fix 'modprobe ntlm' "$work/err"
run status
is status-without-module-is-readable 'module: not loaded' "$(head -n 1 "$work/out")"
for verb in stats contexts monitor; do
	run --json $verb
	is "$verb-without-module-exits-3" "3 " "$status $(cat "$work/out")"
done
echo "$helper" >/proc/sys/kernel/modprobe

# --- module, no helper ------------------------------------------------------------

run --json status
is status-without-helper-exits-1 1 $status
fits status-without-helper-is-json status 'd["module"]["loaded"]' 'd["helper"] is None' \
	'"spnego" in d["module"]["features"]' 'len(d["warnings"]) == 1' \
	'd["module"]["srcversion"] == d["module"]["installed"]["srcversion"]' \
	"d['kernel']['release'] == '$(uname -r)'" \
	"d['kernel']['source'] == '$(uname -v | sed 's/.*Debian \([^ ]*\).*/\1/')'"
is status-versions-are-those-of-the-module "$(cat /sys/module/ntlm/version) $(modinfo -F srcversion ntlm)" \
	"$(python3 -c 'import json, sys; m = json.load(sys.stdin)["module"]; print(m["version"], m["srcversion"])' <"$work/out")"
run stats
is stats-exits-0 0 $status
has stats-is-readable '           0  contexts' "$work/out"
run --json stats
fits stats-is-json stats 'd["contexts"] == 0' 'd["registrations"] == 0'
run --json contexts
fits no-contexts-is-json contexts 'd == []'

# --- with a helper ------------------------------------------------------------------

ntlmd_account
ntlmd_credential lab '[lab]' 'uid = 0' 'target = cifs/server' 'user = alice' 'domain = LAB' \
	'password = Fir5t.Password'
ntlmd_start "$log" || exit 1
run status
is status-with-helper-exits-0 0 $status
version=$("$bin/ntlmd" --version)
has status-shows-the-helpers-version "helper: registered, pid $NTLMD_PID, version ${version#ntlmd }, features initiator acceptor" "$work/out"
hasnot status-without-trouble-is-silent ntlmctl: "$work/err"
run --json status
fits status-with-helper-is-json status "d['helper']['pid'] == $NTLMD_PID" \
	"d['helper']['version'] == '${version#ntlmd }'" 'd["warnings"] == []' \
	'd["helper"]["features"] == d["module"]["features"]' 'd["counters"]["registrations"] == 1'
mv /run/ntlmd/control /run/ntlmd/away
# It would even answer as ntlmd does, struct control_reply of helper/control.h.
python3 -c 'import socket, struct, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.bind("/run/ntlmd/control"); s.listen(); print("listens", flush=True)
c, _ = s.accept(); c.send(struct.pack("=IHHIIIHH", 0x4c4d544e, 1, 5, 0, 0, 0, 2, 0) + b"99")
time.sleep(20)' >"$work/liar" &
liar=$!
wait_for listens "$work/liar"
run --json status
fits version-of-another-process-is-not-shown status 'd["helper"]["version"] is None'
kill "$liar"
mv /run/ntlmd/away /run/ntlmd/control

# --- the SMB client ---------------------------------------------------------------------

refusals=/var/lib/ntlm-cifs-dkms
reason='the source of this kernel is missing: apt-get install linux-source-0.0'
stock=$(find "/lib/modules/$(uname -r)/kernel/" -name 'cifs.ko*')
ours=$(modinfo -n cifs)
if [[ $ours = */updates/* ]]; then
	modprobe -a cifs
	run --json status
	is status-with-our-cifs-exits-0 0 $status
	fits our-cifs-is-shown status 'd["cifs"]["loaded"]["overlay"]' \
		'd["cifs"]["loaded"]["source"] == d["kernel"]["source"]' \
		'd["cifs"]["installed"]["source"] == d["kernel"]["source"]' \
		"d['cifs']['installed']['path'] == '$ours'" 'd["warnings"] == []'
	rmmod cifs

	insmod "$stock"
	run --json status
	is stock-cifs-exits-8 8 $status
	fits stock-cifs-is-shown status 'not d["cifs"]["loaded"]["overlay"]' 'len(d["warnings"]) == 1'
	has stock-cifs-names-the-fix 'rmmod cifs' "$work/err"
	mv "$ours" "$work/cifs.ko"
	depmod
	run status
	is stock-cifs-alone-exits-8 8 $status
	has stock-cifs-alone-names-the-fix 'for the running kernel no other one is installed; as root: /usr/lib/ntlm-cifs-dkms/update; from the source: make smb && make install' "$work/err"
	# What the package left, as long as a line of it may be
	mkdir -p "$refusals"
	printf '%s %0600d\n' "$reason" 0 >"$refusals/$(uname -r)"
	run --json status
	is refused-overlay-exits-8 8 $status
	fits refused-overlay-is-one-warning status 'len(d["warnings"]) == 1' \
		"d['warnings'][0].endswith('built for kernel $(uname -r): $(cat "$refusals/$(uname -r)")')"
	rmmod cifs
	run status
	is refused-overlay-exits-8-without-cifs 8 $status
	has refused-overlay-says-why "no cifs that knows ntlmd was built for kernel $(uname -r): $reason" "$work/err"
	rm -r "$refusals"
	run --json status
	is no-overlay-and-no-cifs-is-no-trouble 0 $status
	fits stock-cifs-file-is-shown status 'd["cifs"]["loaded"] is None' \
		'not d["cifs"]["installed"]["overlay"]'

	# The same module, as if made of the source before: its version has as many bytes.
	source=$(cat "$work/cifs.ko" | tr '\0' '\n' | sed -n 's/^ntlm_source=//p')
	older=0${source:1}
	mkdir -p "$refusals"
	echo "$reason" >"$refusals/$(uname -r)"
	LC_ALL=C sed "s/${source//./\\.}/$older/g" "$work/cifs.ko" >"$ours"
	depmod
	modprobe cifs
	run --json status
	is older-overlay-exits-8 8 $status
	fits older-overlay-is-shown status "d['cifs']['loaded']['source'] == '$older'" \
		"d['cifs']['installed']['source'] == '$older'" 'len(d["warnings"]) == 2'
	has older-overlay-is-warned-of "made of the kernel source $older, which is older than that of the running kernel, $source: build it again, as root: /usr/lib/ntlm-cifs-dkms/update;" "$work/err"
	hasnot refusal-of-before-is-not-shown 'was built for kernel' "$work/err"
	rm -r "$refusals"
	rmmod cifs
	mv "$work/cifs.ko" "$ours"
	depmod
else
	for name in status-with-our-cifs-exits-0 our-cifs-is-shown stock-cifs-exits-8 \
		stock-cifs-is-shown stock-cifs-names-the-fix stock-cifs-alone-exits-8 \
		stock-cifs-alone-names-the-fix no-overlay-and-no-cifs-is-no-trouble \
		stock-cifs-file-is-shown older-overlay-exits-8 older-overlay-is-shown \
		older-overlay-is-warned-of refused-overlay-exits-8 refused-overlay-is-one-warning \
		refused-overlay-exits-8-without-cifs refused-overlay-says-why \
		refusal-of-before-is-not-shown; do
		skipped $name 'no cifs.ko of the project was built for this kernel (tools/build/smb.sh)'
	done
fi

# --- contexts and events ------------------------------------------------------------------

modprobe ntlm_test
"$ctl" --json monitor >"$work/monitor" 2>"$work/monitor.err" &
monitor=$!
for ((i = 0; i < 100; i++)); do
	request cifs/first x >/dev/null
	[ -s "$work/monitor" ] && break
	sleep 0.05
done
"$bin/ntlmd_request" -d 60 cifs/server Fir5t.Password >/dev/null &
keeper=$!
wait_for '"event": "established"' "$work/monitor"
run --json contexts
is contexts-exits-0 0 $status
fits contexts-is-json contexts 'len(d) == 1' 'd[0]["user"] == "alice"' 'd[0]["domain"] == "LAB"' \
	'd[0]["state"] == "established"' 'd[0]["target"] == "cifs/server"' '"|SEAL|" in d[0]["flags"]'
run contexts
has contexts-is-readable 'LAB\alice' "$work/out"
LD_PRELOAD=$bin/ntlmctl_cut.so run --json contexts
is contexts-cut-short-exits-1 1 $status
fits contexts-cut-short-is-json contexts 'len(d) == 1'
for verb in contexts stats status monitor; do
	setpriv --reuid ntlmd --regid ntlmd --clear-groups timeout 20 "$ctl" $verb >"$work/out" 2>"$work/err"
	is "$verb-without-privilege-exits-5" 5 $?
done
kill "$keeper"
wait "$keeper" 2>/dev/null
request cifs/last x >/dev/null
wait_for cifs/last "$work/monitor"
kill -INT "$monitor"
wait "$monitor"
is monitor-ends-on-sigint-with-0 0 $?
cp "$work/monitor" "$work/out"
fits monitor-is-json-lines monitor 'len(d) > 3' \
	'{"established", "closed", "failed"} <= {e["event"] for e in d}' \
	'any(e["error"] == 126 for e in d if e["event"] == "failed")'
# --- logins -----------------------------------------------------------------------------------

echo Passw0rd | "$ctl" login --json --stdin -u 'LAB\bob' server >"$work/out" 2>"$work/err"
is login-exits-0 0 $?
fits login-is-json login 'd["user"] == "bob"' 'd["domain"] == "LAB"'
request -r 0xC000006D cifs/server Passw0rd >/dev/null
run list --json
fits list-is-json list 'len(d["logins"]) == 1' 'len(d["refusals"]) == 1' \
	'd["refusals"][0]["ntstatus"] == 0xC000006D'
# What would end a string
echo Passw0rd | "$ctl" login --json --stdin -u 'q"uo' -d 'back"' quoted >"$work/out" 2>"$work/err"
fits names-with-quotes-are-json login 'd["domain"] == "back\""'
# What turns a line of a terminal around; C1 is what an old terminal obeys.
turn=$'\u202e'
echo Passw0rd | "$ctl" login --stdin -u "a${turn}b" -d LAB "turned" >"$work/out" 2>"$work/err"
has login-shows-no-control 'LAB\a?b for */turned' "$work/out"
run list
has list-shows-no-control ' LAB\a?b ' "$work/out"
run --json list
fits list-has-the-exact-name list "any(l['user'] == 'a\u202eb' for l in d['logins'])"
"$bin/ntlmd_request" -d 60 cifs/turned Passw0rd >/dev/null &
keeper=$!
for ((i = 0; i < 100; i++)); do
	run contexts
	grep -q 'established.*cifs/turned' "$work/out" && break
	sleep 0.1
done
has contexts-show-no-control ' LAB\a?b ' "$work/out"
kill "$keeper"
wait "$keeper" 2>/dev/null
! grep -qF "$turn" "$log"
result $? log-shows-no-control
run logout turned
run -v list
is verbose-list-exits-0 0 $status
run -vj list --all
fits options-of-both-sorts-are-taken list 'len(d["logins"]) == 2'
run -x list
is unknown-option-before-list-exits-2 2 $status
run logout --json server
fits logout-is-json logout 'd == {"removed": 1}'
run list --json
run logout --all
run list --json
fits empty-list-is-json list 'd["logins"] == []'
run --json nosuchverb
is wrong-usage-exits-2 2 $status
ntlmd_stop
run --json list
is list-without-daemon-exits-4-and-writes-nothing '4 ' "$status $(cat "$work/out")"
for rows in 1 0; do
	rm -f "$work/half" "$work/listens"
	python3 "$here/half.py" "$work/half" $rows >"$work/listens" &
	wait_for listens "$work/listens"
	run --json list --socket "$work/half"
	is "list-cut-short-behind-$rows-exits-1" 1 $status
	fits "list-cut-short-behind-$rows-is-json" list "len(d['logins']) == $rows" 'd["refusals"] == []'
done
ntlmd_start "$log" || exit 1

# A server that takes connections and says nothing for a while
python3 -c 'import socket, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 445)); s.listen(); print("listens", flush=True)
c, _ = s.accept(); time.sleep(4)' >"$work/silent" &
wait_for listens "$work/silent"
python3 "$here/../login/terminal.py" Passw0rd "$ctl" login --verify -u bob 127.0.0.1 >"$work/out" 2>&1
has verify-of-a-silent-server-exits-7 status=7 "$work/out"
has verify-shows-progress 'ntlmctl: asking 127.0.0.1: 2 s' "$work/out"

# --- what a shell completes from it -------------------------------------------------------------------

echo Passw0rd | "$ctl" login --stdin -u bob logged.example.com >"$work/out" 2>&1
PATH=$bin:$PATH bash "$here/../completion/complete.sh" bash ntlmctl logout log >"$work/out" 2>"$work/err"
is shell-completes-logins logged.example.com "$(cat "$work/out")"

# --- the page -----------------------------------------------------------------------------------------

python3 "$here/schema.py" --page "$here/../../Documentation/man/ntlmctl.1" 2>"$work/err"
result $? page-names-every-key
ntlmd_stop
rm -rf "$work"
tap_done
