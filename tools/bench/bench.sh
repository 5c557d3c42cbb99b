#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench.sh [OUT]: measure, and write report.md, data.tsv and plot.png to OUT,
# build/bench unless given.
#
# Everything is measured in one boot of a User Mode Linux kernel, where kernel code
# and programs run at native speed, on one processor of this machine; whoever is
# compared takes turns. How long something took is what the machine says that it
# used of the processor, so that other work there does not count.
#
# KERNEL	6.1 (default), 6.12, 7 or newest
# CPU		the processor; default: the last one
# QEMU=1	also under Debian's kernel in an emulated machine, as ratios:
#		selftests/scale, and exchanges if this machine has nothing else to do,
#		for there time is what passed
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../build/common.sh"
top=$(realpath "$here/../..")
out=$(realpath -m "${1:-$top/build/bench}")
kernel=$(series "${KERNEL:-6.1}")
cpu=${CPU:-$(($(nproc) - 1))}

mkdir -p "$out"
cd "$top"
msg "building"
quietly() { # LOG CMD...
	local log=$1
	shift
	"$@" >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "$* failed, see $log"
	}
}
"$here/../lab/kernel.sh" plain "$kernel" >/dev/null
export MODULE_OUT=$out/modules
quietly "$out/modules.log" "$here/../lab/module.sh" plain "$kernel"
quietly "$out/programs.log" make -C "$here/guest" "O=$out/bin"

msg "measuring on processor $cpu, about three minutes"
rm -rf "$out/guest"
mkdir "$out/guest"
taskset -c "$cpu" "$here/../lab/run.sh" -k "$kernel" -m 2048 -t 900 -o "$out/guest" -M "$out/modules" \
	-e "NTLM_BIN=$out/bin" -- bash tools/bench/guest/run.sh

more=()
if [ -n "${QEMU:-}" ]; then
	export MODULE_OUT=$out/modules-emulated
	quietly "$out/modules-emulated.log" "$here/../build/module.sh" "$kernel"
	quietly "$out/scale.log" make -C selftests/scale "O=$out/bin"
	vm=("$here/../vm/run.sh" -k "$kernel" -M "$MODULE_OUT" -m 2048 -t 900 -e "NTLM_BIN=$out/bin")
	msg "measuring two processors in an emulated machine, about two minutes"
	"${vm[@]}" -- bash selftests/scale/run.sh >"$out/scale.tap" ||
		msg "selftests/scale failed, see $out/scale.tap"
	more=(--scale "$out/scale.tap")
	read -r load _ </proc/loadavg
	if [ "${load%.*}" -ge $(($(nproc) + 1)) ]; then
		msg "NOT MEASURED: exchanges in an emulated machine. There time is what passed, and the load here is $load"
	else
		msg "measuring exchanges in an emulated machine, about two minutes"
		rm -rf "$out/emulated"
		mkdir "$out/emulated"
		# One processor: a client and its helper are never awake at the same time.
		taskset -c "$cpu" "${vm[@]}" -c 1 -o "$out/emulated" -- bash tools/bench/guest/run.sh exchanges
		more+=(--emulated "$out/emulated/values.tsv")
	fi
fi
python3 "$here/report.py" "${more[@]}" "$out/guest/values.tsv" "$out"
msg "in ${out#"$top"/}: report.md, data.tsv, plot.png"
