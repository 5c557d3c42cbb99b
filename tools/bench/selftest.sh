#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# selftest.sh (KERNEL=RELEASE): does the benchmark tell the truth? TAP.
set -u
here=$(dirname "$(realpath "$0")")
top=$(realpath "$here/../..")
name=${KERNEL:-6.1}
. "$top/selftests/lib/tap.sh"
dir=$(mktemp -d "${TMPDIR:-/tmp}/bench-selftest.XXXXXX")
busy=''
# shellcheck disable=SC2317 # called by the trap
finish() {
	[ -z "$busy" ] || kill "$busy"
	rm -rf "$dir"
}
trap finish EXIT
cd "$top" || exit 1
export MODULE_OUT=$dir/modules
{
	tools/lab/module.sh plain "$name" && make -C tools/bench/guest "O=$dir/bin"
} >"$dir/build.log" 2>&1 || {
	sed 's/^/# /' "$dir/build.log" | tail -n 20
	echo "Bail out! cannot be built"
	exit 1
}
cpu=$(($(nproc) - 1))
diagnose() { sed 's/^/#   /' "$dir/log" | tail -n 20; }
bench() { # DIR PART...: values.tsv to DIR
	mkdir -p "$1"
	taskset -c "$cpu" tools/lab/run.sh -k "$name" -o "$1" -M "$dir/modules" -m 512 \
		-e "NTLM_BIN=$dir/bin" -e ROUNDS=3 -- bash tools/bench/guest/run.sh "${@:2}" >"$dir/log" 2>&1
}
# The median of three rounds
value() { # DIR SUBJECT OPERATION SIZE
	awk -F '\t' -v s="$2" -v o="$3" -v z="$4" \
		'$2 == s && $3 == o && $4 == "linear" && $5 == z { print $8 }' "$1/values.tsv" |
		sort -g | sed -n 2p
}
near() { # A B: not a quarter more or less
	echo "$1 MB/s and $2 MB/s" >"$dir/log"
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > 0 && b > 0 && a < b * 1.25 && b < a * 1.25) }'
}

bench "$dir/quiet" messages
result $? everybody-gets-his-messages-back
wanted=$(
	for s in module module-two-passes plain; do
		printf "$s,%s\n" {seal,unseal,sign,verify} {,un}seal-datagram
	done
	printf '%s\n' gss-ntlmssp,{seal,unseal,sign,verify} openssl-md5,digest \
		openssl-rc4,{de,en}crypt openssl-{rc4-hmac-md5,tls-record},{,un}seal
)
is everything-was-measured "$(LC_ALL=C sort <<<"$wanted" | xargs)" \
	"$(cut -f2,3 --output-delimiter=, "$dir/quiet/values.tsv" | LC_ALL=C sort -u | xargs)"
# Whoever is slowed down by it is measured by the wrong clock.
while :; do :; done &
busy=$!
taskset -p -c "$cpu" "$busy" >/dev/null
bench "$dir/busy" messages
kill "$busy"
busy=''
for s in module plain openssl-rc4-hmac-md5; do
	near "$(value "$dir/quiet" "$s" seal 16384)" "$(value "$dir/busy" "$s" seal 16384)"
	result $? "other-work-does-not-count-for-$s"
done
python3 "$here/report_test.py" >"$dir/report" 2>"$dir/log"
while IFS= read -r line; do
	case $line in
	ok\ *) result 0 "${line#* - }" ;;
	not\ ok\ *) result 1 "${line#* - }" ;;
	*) echo "$line" ;;
	esac
done <"$dir/report"
tap_done
