#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh DIR SECONDS JOBS TARGET...: run the fuzz targets that are built in DIR,
# JOBS at a time, for SECONDS in all; TAP on standard output. A run that did not
# execute its seeds, or found something, is a failure. With COVERAGE=1, for a run
# of all targets, it is one, too, if they do not reach most lines of what they are
# there for.
#
# The same tree is to give the same result: what is tried follows from SEED, 1
# unless it is set. SEED=0 tries something else each time.
set -u

dir=$1 seconds=$2 jobs=$3
shift 3
share=$((seconds * jobs / $#))
((share > 0)) || share=1
((share <= seconds)) || share=$seconds
status=0 number=0

# Percent of lines that all targets together have to reach; what is left are
# failures of the caller's, such as a lack of memory.
declare -A least=([ntlm]=85 [spnego]=80 [account]=80)

run_one() {
	local t=$1
	mkdir -p "$dir/corpus-$t"
	LLVM_PROFILE_FILE=$dir/$t.profraw "$dir/$t" -max_total_time="$share" \
		-seed="${SEED:-1}" -max_len=20000 -artifact_prefix="$dir/crash-$t-" \
		-print_final_stats=1 -verbosity=1 "$dir/corpus-$t" \
		"$dir/seeds-$t" >"$dir/$t.log" 2>&1
	echo $? >"$dir/$t.status"
}

judge() {
	local t=$1 runs edges
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/$t.log")
	edges=$(grep -o 'cov: [0-9]*' "$dir/$t.log" | tail -n 1)
	number=$((number + 1))
	if [[ $(<"$dir/$t.status") == 0 ]] &&
	   ((${runs:-0} > $(find "$dir/seeds-$t" -type f | wc -l))); then
		echo "# $t: $runs runs in $share s, ${edges#cov: } edges"
		echo "ok $number - $t"
	else
		status=1
		tail -n 40 "$dir/$t.log" | sed 's/^/# /'
		echo "# see $dir/$t.log"
		echo "not ok $number - $t"
	fi
}

# "COVERED ALL PERCENT" of the lines below helper/$1
lines_of() {
	local objects=() t
	for t in "${targets[@]:1}"; do
		objects+=(-object "$dir/$t")
	done
	llvm-cov report -instr-profile="$dir/all.profdata" "$dir/${targets[0]}" \
		"${objects[@]}" "${here:?}/../../helper/$1" 2>"$dir/llvm-cov.log" |
		awk '$1 == "TOTAL" { print $8 - $9, $8, int(100 * ($8 - $9) / $8) }'
}

coverage() {
	local part covered all percent
	llvm-profdata merge -sparse -o "$dir/all.profdata" \
		"$dir"/*.profraw || return 1
	for part in ntlm spnego account .; do
		read -r covered all percent < <(lines_of "$part")
		echo "# ${covered:-0} of ${all:-?} lines of helper/${part#.} covered"
		[[ -n ${least[$part]:-} ]] || continue
		number=$((number + 1))
		if ((${percent:-0} >= ${least[$part]})); then
			echo "ok $number - coverage-of-$part"
		else
			status=1
			echo "# wanted ${least[$part]} %"
			echo "not ok $number - coverage-of-$part"
		fi
	done
}

here=$(dirname "$(realpath "$0")")
targets=("$@")
rm -f "$dir"/*.profraw "$dir"/*.status
for t in "${targets[@]}"; do
	while (($(jobs -rp | wc -l) >= jobs)); do
		wait -n
	done
	run_one "$t" &
done
wait
for t in "${targets[@]}"; do
	judge "$t"
done
if [[ ${COVERAGE:-} == 1 ]]; then
	coverage || status=1
fi
echo "1..$number"
exit $status
