#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# uml-kunit.sh: run the KUnit suites of the project.
#
# Debian's kernels have no KUnit, so a small User Mode Linux kernel is built
# from the source of Debian's 6.1, once, with KUnit, KASAN and UBSAN, below
# $NTLM_CACHE/uml. Then ntlm.ko and ntlm_kunit.ko are built for
# it and loaded in it, natively and without any privilege.
#
# Prints the KTAP report. Exit status: 0 all passed; 1 a test failed, a module
# did not load, or the kernel complained; 2 no kernel or no module to test.
#
# MODULE_OUT	where the modules are built; default: build/uml in the project
# JOBS		how many compilers at once; default: one per processor
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/common.sh"
top=$(realpath "$here/../..")
out=$(realpath -m "${MODULE_OUT:-$top/build/uml}")
uml=$NTLM_CACHE/uml
kernel=$uml/kunit-6.1

die() {
	msg "$@"
	exit 2
}

src=$("$here/linux-source.sh") || die "no source of a kernel"
# What the kernel there has to be made of
made_of() {
	echo "$src"
	cat "$here/uml-kunit.config"
}
build_kernel() {
	msg "building a User Mode Linux kernel"
	rm -rf "$kernel"
	mkdir -p "$kernel"
	make -s -C "$src" ARCH=um "O=$kernel" tinyconfig >"$kernel/config.log" 2>&1
	ARCH=um "$src/scripts/kconfig/merge_config.sh" -m -O "$kernel" \
		"$kernel/.config" "$here/uml-kunit.config" >>"$kernel/config.log" 2>&1
	make -s -C "$src" ARCH=um "O=$kernel" olddefconfig >>"$kernel/config.log" 2>&1
	while read -r line; do
		grep -qxF "$line" "$kernel/.config" || die "this source cannot have $line"
	done < <(grep '^CONFIG_' "$here/uml-kunit.config")
	nice make -C "$src" ARCH=um "O=$kernel" "-j${JOBS:-$(nproc)}" linux modules \
		>"$kernel/build.log" 2>&1 ||
		die "the kernel did not build: $(grep -m1 -E 'error|Error' "$kernel/build.log"), see $kernel/build.log"
	made_of >"$kernel/complete"
}

(
	locked "$NTLM_CACHE/lock/uml"
	[ "$(made_of)" = "$(cat "$kernel/complete" 2>/dev/null)" ] || build_kernel
)

mkdir -p "$out"
exec 9>"$out/.lock"
flock 9
python3 "$here/sync-sources.py" "$top" "$out"
make -s -C "$kernel" ARCH=um "M=$out" "-j${JOBS:-$(nproc)}" W=1 modules >&2 9>&- ||
	die "the modules did not build"
[ -e "$out/kernel/ntlm_kunit.ko" ] || die "there is no ntlm_kunit.ko"

run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
cat >"$run/init" <<E
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
insmod $out/kernel/ntlm.ko && insmod $out/kernel/ntlm_kunit.ko &&
	rmmod ntlm_kunit && rmmod ntlm && echo "modules: ok"
echo o >/proc/sysrq-trigger
sleep 60
E
chmod +x "$run/init"
TMPDIR=$run timeout -k 5 180 "$kernel/linux" mem=512M "umid=ntlm$$" "uml_dir=$run" \
	root=/dev/root rootfstype=hostfs rootflags=/ ro "init=$run/init" \
	con=null con0=null,fd:1 con1=null panic=-1 </dev/null >"$run/log" 2>&1 9>&- || true

tr -d '\r' <"$run/log" >"$run/text"
grep -E '^ *(KTAP|1\.\.|# |ok |not ok )|EXPECT|ASSERT' "$run/text" || true
passed=$(grep -cE '^    ok ' "$run/text" || true)
failed=$(grep -cE '^ *not ok ' "$run/text" || true)
grep -qx 'modules: ok' "$run/text" || {
	msg "the modules were not loaded and unloaded; the last lines were:"
	tail -n 20 "$run/text" >&2
	exit 1
}
if grep -qE 'BUG|WARNING|KASAN:|UBSAN:|Oops|Call Trace' "$run/text"; then
	msg "the kernel complained:"
	sed -nE '/BUG|WARNING|KASAN:|UBSAN:|Oops|Call Trace/,$p' "$run/text" >&2
	exit 1
fi
echo "# $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
