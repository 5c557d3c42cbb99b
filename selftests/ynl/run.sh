#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The kernel's own netlink tool, which knows nothing of this project but
# Documentation/netlink/specs/ntlm.yaml, asks the module that runs here, as root, in
# a guest whose files are thrown away. TAP.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source=SCRIPTDIR/../lib/ntlmd.sh
. "$here/../lib/ntlmd.sh"
# shellcheck source=SCRIPTDIR/../lib/tap.sh
. "$here/../lib/tap.sh"
bin=${NTLM_BIN:?}
spec=$(realpath "$here/../../Documentation/netlink/specs/ntlm.yaml")
cli=$(find "$bin/ynl" -name cli.py | head -n 1)
work=$(mktemp -d)
log=$work/log
export PYTHONDONTWRITEBYTECODE=1

diagnose() {
	tail -n 12 "$work"/*.out "$log" 2>/dev/null | sed 's/^/# /'
}

# ynl NAME ARGUMENT...: into NAME.out
ynl() {
	local name=$1
	shift
	python3 "$cli" --spec "$spec" --no-schema --output-json "$@" >"$work/$name.out" 2>&1
}

# agree NAME EXPRESSION: does it hold? y is what ynl wrote, c what ntlmctl did.
agree() {
	python3 - "$work/ynl.out" "$work/ctl.out" "$2" <<'P' >"$work/why.out" 2>&1
import json
import sys
with open(sys.argv[1], encoding="utf-8") as f:
    y = json.load(f)
with open(sys.argv[2], encoding="utf-8") as f:
    c = json.load(f)
def context(row):
    """what ntlmctl says of a context, in the words of the specification"""
    row = {k.replace("-ms", ""): v for k, v in row.items()
           if k not in ("flags", "guest", "age-ms") and v is not False}
    return row
assert eval("(" + sys.argv[3] + ")"), (y, c)
P
	result $? "$1"
}

ntlmd_account
ntlmd_credential lab '[lab]' 'uid = 0' 'target = cifs/server' 'user = alice' 'domain = LAB' \
	'password = Fir5t.Password'
modprobe ntlm_test
ntlmd_start "$log" || exit 1
"$bin/ntlmd_request" -r 0 -d 300 cifs/server Fir5t.Password >"$work/first.out" &
first=$!
"$bin/ntlmd_request" -d 300 -x cifs/server Fir5t.Password >"$work/second.out" &
second=$!
for ((i = 0; i < 200; i++)); do
	[ "$("$bin/ntlmctl" contexts | grep -c established)" = 2 ] && break
	sleep 0.1
done
"$bin/ntlmd_request" cifs/unknown x >"$work/third.out"

python3 "$cli" --spec "$spec" --schema "$bin/ynl/genetlink.yaml" --do stats-get --json '{}' >"$work/ynl.out" 2>&1
result $? specification-fits-the-kernels-schema
ynl ynl --do stats-get --json '{}'
result $? stats-are-read
"$bin/ntlmctl" --json stats >"$work/ctl.out"
agree stats-are-the-same 'len(c) == 14 and all(y[k] == v for k, v in c.items()) and y["contexts"] == 2'
"$bin/ntlmctl" --json status >"$work/ctl.out"
agree helper-is-the-same '(y["helper-pid"], y["helper-port"]) == (c["helper"]["pid"], c["helper"]["port"])'
agree features-are-the-same 'sorted(y["features"]) == sorted(c["module"]["features"]) and
	sorted(y["helper-features"]) == sorted(c["helper"]["features"]) and "spnego" in y["features"]'

ynl ynl --dump context-get
result $? contexts-are-read
"$bin/ntlmctl" --json contexts >"$work/ctl.out"
agree two-contexts-live 'len(y) == len(c) == 2'
agree contexts-are-the-same 'all(all(r[k] == v or (k in ("target-unverified", "spnego", "allow-legacy") and k in r)
	for k, v in context(s).items()) for r, s in zip(y, c))'
agree verdicts-have-names 'sorted(r["verdict"] for r in y) == ["accepted", "none"]'
agree flags-have-names 'all({"seal", "unicode", "128"} <= {str(f) for f in r["flags"]} and
	len(r["flags"]) == len(s["flags"].split("|")) for r, s in zip(y, c))'

python3 "$cli" --spec "$spec" --no-schema --do accept --json '{}' >"$work/ynl.out" 2>&1
grep -q 'Operation not permitted\|error: -1' "$work/ynl.out"
result $? who-is-no-helper-accepts-nothing
grep -q 'this socket is not the registered helper' "$work/ynl.out"
result $? and-the-extended-ack-says-why
python3 "$cli" --spec "$spec" --no-schema --do register --json '{"features": ["initiator"]}' >"$work/ynl.out" 2>&1
grep -q "another helper is registered: pid $(printf %010d "$NTLMD_PID")" "$work/ynl.out"
result $? second-helper-is-told-who-is-the-first

kill "$first" "$second"
wait "$first" "$second" 2>/dev/null
ynl ynl --dump context-get
is contexts-that-ended-are-gone '[]' "$(tr -d ' \n' <"$work/ynl.out")"
ntlmd_stop
rm -rf "$work"
tap_done
