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
out=$dir/out busy='' guest=''
# shellcheck disable=SC2317 # called by the trap
finish() {
	[ -z "$busy" ] || kill "$busy"
	[ -z "$guest" ] || { kill "$guest" && wait "$guest"; } 2>/dev/null
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
diagnose() { { tail -n 5 "$dir/guest.log"; tail -n 15 "$dir/log"; } 2>/dev/null | sed 's/^/#   /'; }

# In the guest: measures again and again, each time when the host has made ready for
# it, /vmout/N.ready, and gives /vmout/N.tsv, until that is empty.
# shellcheck disable=SC2016 # for the guest's shell
rounds='
for ((n = 1; ; n++)); do
	until [ -e /vmout/$n.ready ]; do sleep 0.1; done
	[ -s /vmout/$n.ready ] || exit 0
	bash tools/bench/guest/run.sh messages || exit
	mv /vmout/values.tsv /vmout/$n.tsv
done'
start_guest() {
	mkdir -p "$out"
	taskset -c "$cpu" tools/lab/run.sh -k "$name" -o "$out" -M "$dir/modules" -m 512 -t 1200 \
		-e "NTLM_BIN=$dir/bin" -e ROUNDS=3 -- bash -c "$rounds" >"$dir/guest.log" 2>&1 &
	guest=$!
}
round=0
measure() { # to $out/$round.tsv
	round=$((round + 1))
	echo measure >"$dir/ready"
	mv "$dir/ready" "$out/$round.ready"
	until [ -e "$out/$round.tsv" ]; do
		kill -0 "$guest" 2>/dev/null || return 1
		sleep 0.1
	done
}
# The median of three rounds
value() { # ROUND SUBJECT OPERATION SIZE
	awk -F '\t' -v s="$2" -v o="$3" -v z="$4" \
		'$2 == s && $3 == o && $4 == "linear" && $5 == z { print $8 }' "$out/$1.tsv" |
		sort -g | sed -n 2p
}
near() { # A B: not a quarter more or less
	echo "$1 MB/s and $2 MB/s" >>"$dir/log"
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > 0 && b > 0 && a < b * 1.25 && b < a * 1.25) }'
}

start_guest
measure
result $? everybody-gets-his-messages-back
wanted=$(
	for s in module module-two-passes plain; do
		printf "$s,%s\n" {seal,unseal,sign,verify} {,un}seal-datagram
	done
	printf '%s\n' gss-ntlmssp,{seal,unseal,sign,verify} openssl-md5,digest \
		openssl-rc4,{de,en}crypt openssl-{rc4-hmac-md5,tls-record},{,un}seal
)
is everything-was-measured "$(LC_ALL=C sort <<<"$wanted" | xargs)" \
	"$(cut -f2,3 --output-delimiter=, "$out/1.tsv" | LC_ALL=C sort -u | xargs)"
# Whoever is slowed down by it is measured by the wrong clock, and slowed down each
# time. The two of a pair follow each other, for the machine has other work, too.
left=(module plain openssl-rc4-hmac-md5)
: >"$dir/log"
for ((pair = 1; pair <= 4 && ${#left[@]}; pair++)); do
	[ "$pair" = 1 ] || measure || break
	while :; do :; done &
	busy=$!
	taskset -p -c "$cpu" "$busy" >/dev/null
	measure
	measured=$?
	kill "$busy"
	busy=''
	[ "$measured" = 0 ] || break
	slowed=()
	for s in "${left[@]}"; do
		near "$(value $((round - 1)) "$s" seal 16384)" "$(value "$round" "$s" seal 16384)" || slowed+=("$s")
	done
	left=("${slowed[@]}")
done
: >"$out/$((round + 1)).ready"
wait "$guest"
ended=$?
guest=''
for s in module plain openssl-rc4-hmac-md5; do
	[[ " ${left[*]} " != *" $s "* ]]
	result $? "other-work-does-not-count-for-$s"
done
[ "$ended" = 0 ]
result $? guest-ends-in-order
python3 "$here/report_test.py" >"$dir/report" 2>"$dir/log"
while IFS= read -r line; do
	case $line in
	ok\ *) result 0 "${line#* - }" ;;
	not\ ok\ *) result 1 "${line#* - }" ;;
	*) echo "$line" ;;
	esac
done <"$dir/report"
tap_done
