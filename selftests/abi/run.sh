#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The helper of the last release with this module, and this helper with the module
# of the last release: both work, or refuse with one clear line. TAP. Boots two
# machines of the kernel in KERNEL, whose modules are in build/KERNEL.
#
#	ABI_REF		what stands for the last release; default: the newest tag v* or, in
#			a clone without tags, the commit in selftests/abi/release
#	ABI_GIT		the repository that has it; default: this tree
set -u
here=$(dirname "$(realpath "$0")")
top=$(realpath "$here/../..")
# shellcheck source=SCRIPTDIR/../lib/tap.sh
. "$here/../lib/tap.sh"
kernel=${KERNEL:-6.1}
bin=${NTLM_BIN:-$top/build/host}
modules=${MODULE_OUT:-$top/build/$kernel}
out=$top/build/abi
git=${ABI_GIT:-$top}
ref=${ABI_REF:-$(git -C "$git" tag --list 'v*' --sort=-version:refname 2>/dev/null | head -n 1)}
tests=(helper-registers status-names-the-helper exchange-proves-the-password refusal-is-remembered
	verdict-arrives spnego-works server-works events-are-followed contexts-are-shown
	kernel-complains-of-nothing)

skip_all() { # REASON
	local way name
	echo "# NOT TESTED: $1" >&2
	skipped release-builds "$1"
	for way in old-helper-new-module new-helper-old-module; do
		for name in guest "${tests[@]}"; do
			skipped "$way-$name" "$1"
		done
	done
	tap_done
}

diagnose() {
	tail -n 15 "$out/log" | sed 's/^/# /'
}

ref=${ref:-$(<"$here/release")}
commit=$(git -C "$git" rev-parse --verify --quiet "$ref^{commit}") ||
	skip_all "this clone does not have $ref: git fetch --unshallow --tags"
tree=$out/$commit
echo "# the last release is $ref, $commit"

# --- build the last release --------------------------------------------------------

build() {
	mkdir -p "$out"
	if [ ! -e "$tree/complete" ]; then
		rm -rf "$tree"
		mkdir -p "$tree" || return 1
		git -C "$git" archive "$commit" | tar -C "$tree" -x || return 1
		touch "$tree/complete"
	fi
	make -j2 -C "$tree/helper" "O=$tree/bin" && make -j2 -C "$tree/tools/ntlmctl" "O=$tree/bin" &&
		make -j2 -C "$tree/selftests/ntlmd" "O=$tree/bin" &&
		MODULE_OUT=$tree/$kernel "$tree/tools/build/module.sh" "$kernel" &&
		make -j2 -C "$top/selftests/ntlmd" "O=$bin"
}
mkdir -p "$out"
build >"$out/log" 2>&1
result $? release-builds || true
[ "$tap_failed" = 0 ] || tap_done

# --- and let them meet -------------------------------------------------------------

# meet NAME HELPER MODULES PROGRAMS: ntlmd of HELPER; the test programs are those
# that the modules' driver knows
meet() {
	local programs=$out/$1 name status
	rm -rf "$programs"
	mkdir -p "$programs"
	cp "$2/ntlmd" "$2/ntlmctl" "$4/ntlmd_request" "$4/ntlmd_pair" "$programs/"
	"$top/tools/vm/run.sh" -k "$kernel" -M "$3" -e "NTLM_BIN=$programs" -- \
		bash "$here/guest.sh" >"$out/log" 2>&1
	status=$?
	for name in "${tests[@]}"; do
		grep -qE "^ok [0-9]+ - $name\$" "$out/log"
		result $? "$1-$name"
	done
	[ "$status" = 0 ]
	result $? "$1-guest"
}
meet old-helper-new-module "$tree/bin" "$modules" "$bin"
meet new-helper-old-module "$bin" "$tree/$kernel" "$tree/bin"
tap_done
