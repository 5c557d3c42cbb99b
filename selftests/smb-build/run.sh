#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The build of cifs.ko with kernel/smb, for the kernel in KERNEL: what it refuses,
# and that what it makes wins over the kernel's own when installed. On the host. TAP.
set -u
cd "$(dirname "$(realpath "$0")")/../.." || exit
. tools/build/common.sh
. selftests/lib/tap.sh
: "${KERNEL:?}"
dir=$(mktemp -d "${TMPDIR:-/tmp}/smb-build.XXXXXX")
trap 'rm -rf "$dir"' EXIT
export MODULE_OUT=$dir/modules

diagnose() {
	sed 's/^/# /' "$dir/said" | tail -n 20
}

# try CMD...: run it; its output is in $dir/said, its status in $status
try() {
	"$@" >"$dir/said" 2>&1
	status=$?
}
# refuses NAME TEXT: the last command failed, on account of that.
refuses() {
	grep -qE -- "$2" "$dir/said" && [ "$status" != 0 ]
	result $? "$1"
}

kernel=$(tools/build/kernel.sh "$KERNEL") && source=$(tools/build/linux-source.sh "$KERNEL") || {
	echo "Bail out! no kernel or no source"
	exit 1
}
release=$(cat "$kernel/release")

# --- a source that is not as it was reviewed --------------------------------

# scratch: a fresh copy of what the review covers
scratch() {
	rm -rf "$dir/source"
	mkdir -p "$dir/source/fs/smb"
	cp -r "$source"/fs/smb/client "$source"/fs/smb/common "$dir/source/fs/smb/"
	cp "$source/version" "$dir/source/"
}
# plant FILE PERL: change a file of the copy; a plant that changes nothing fails.
plant() {
	local file=$dir/source/fs/smb/$1
	cp "$file" "$dir/before"
	perl -0pi -e "$2" "$file"
	! cmp -s "$dir/before" "$file" || echo "Bail out! '$2' changes nothing in $1"
}
mkdir -p "$MODULE_OUT/smb"

scratch
try tools/build/smb-relied.py --kernel "$KERNEL" "$dir/source"
result "$status" reviewed-source-is-accepted

scratch
echo old >"$MODULE_OUT/smb/cifs.ko"
plant client/connect.c 's/(\bmatch_session\([^;{]*\)\n\{)/$1\n\tif (!ses)\n\t\treturn 1;/'
try tools/build/smb.sh -s "$dir/source" "$KERNEL"
refuses changed-function-is-refused 'fs/smb/client/connect.c: match_session is not as reviewed.*--accept'
result "$(test ! -e "$MODULE_OUT/smb/cifs.ko"; echo $?)" refusal-leaves-no-earlier-module
result "$(test "$(grep -c '^smb-relied.py' "$dir/said")" = 1; echo $?)" one-line-for-one-change

scratch
plant client/connect.c 's/(\bmatch_session\([^;{]*\)\n\{)/$1\n\t\/* "quoted" } *\/\n\n/'
try tools/build/smb-relied.py --kernel "$KERNEL" "$dir/source"
result "$status" comments-and-white-space-do-not-count

scratch
plant client/connect.c 's/\bmatch_session\(/match_a_session(/g'
try tools/build/smb.sh -s "$dir/source" "$KERNEL"
refuses vanished-function-is-refused 'fs/smb/client/connect.c: match_session is gone'

scratch
plant client/smb2pdu.c 's/\bSMB2_sess_setup\(/SMB2_sess_set_up(/g'
try tools/build/smb.sh -s "$dir/source" "$KERNEL"
refuses vanished-hook-is-refused 'fs/smb/client/smb2pdu.c: SMB2_sess_setup is gone'

scratch
rm "$dir/source/fs/smb/client/sess.c"
try tools/build/smb.sh -s "$dir/source" "$KERNEL"
refuses vanished-file-is-refused 'fs/smb/client/sess.c: build_ntlmssp_auth_blob is gone'

scratch
plant client/smb2pdu.c 's/\z/\nint another(void)\n{\n\treturn SMB2_sess_setup(0, NULL, NULL, NULL);\n}\n/'
try tools/build/smb.sh -s "$dir/source" "$KERNEL"
refuses another-caller-of-a-hook-is-refused 'calls of SMB2_sess_setup is not as reviewed'

scratch
cp kernel/smb/relied.txt "$dir/relied.txt"
plant client/connect.c 's/(\bmatch_session\([^;{]*\)\n\{)/$1\n\tif (!ses)\n\t\treturn 1;/'
try tools/build/smb-relied.py --kernel "$KERNEL" --list "$dir/relied.txt" --accept "$dir/source"
result "$status" accept-takes-the-change
try tools/build/smb-relied.py --kernel "$KERNEL" --list "$dir/relied.txt" "$dir/source"
result "$status" what-was-accepted-passes
try tools/build/smb-relied.py --kernel "$KERNEL" --list "$dir/relied.txt" "$source"
result "$status" earlier-text-still-passes
try diff kernel/smb/relied.txt "$dir/relied.txt"
result "$(test "$(grep -c '^[<>]' "$dir/said")" = 1; echo $?)" accept-adds-one-line

{
	cat kernel/smb/Kbuild
	echo 'ntlm-hook-connect += cifs_umount'
} >"$dir/Kbuild"
try tools/build/smb-relied.py --kernel "$KERNEL" --kbuild "$dir/Kbuild" "$source"
refuses hook-that-nobody-reviewed-is-refused 'connect.c cifs_umount: a hook .* does not list'

# --- a source of another version ---------------------------------------------

scratch
echo 6.1.1-1 >"$dir/source/version"
try tools/build/smb.sh -s "$dir/source" "$KERNEL"
refuses wrong-source-version-is-refused "is 6\\.1\\.1-1, kernel .* wants [0-9]"

# A machine with packages of these versions, as far as smb.sh asks.
mkdir "$dir/bin"
cat >"$dir/bin/dpkg-query" <<'S'
#!/bin/sh
case $* in
*linux-headers-*) [ -z "$HEADERS" ] || printf %s "$HEADERS" ;;
*linux-source-*) [ -z "$SOURCE" ] || printf %s "$SOURCE" ;;
esac
S
cat >"$dir/bin/uname" <<'S'
#!/bin/sh
case $1 in
-r) echo 6.1.0-99-amd64 ;;
-v) echo "#1 SMP PREEMPT_DYNAMIC Debian $RUNS (2026-01-01)" ;;
esac
S
chmod +x "$dir"/bin/*
mkdir "$dir/headers"
: >"$dir/headers/Makefile"
machine() { # RUNS HEADERS SOURCE
	try env PATH="$dir/bin:$PATH" RUNS="$1" HEADERS="$2" SOURCE="$3" \
		tools/build/smb.sh -i 6.1.0-99-amd64 "$dir/headers"
}
machine 6.1.300-1 6.1.300-1 ''
refuses missing-source-package-is-named 'apt-get install linux-source-6\.1=6\.1\.300-1$'
machine 6.1.300-1 6.1.300-1 6.1.299-1
refuses source-package-of-another-version-is-refused 'is Debian.s 6\.1\.300-1.* 6\.1\.299-1: apt-get install linux-source-6\.1=6\.1\.300-1$'
machine 6.1.299-1 6.1.300-1 6.1.300-1
refuses running-kernel-of-another-version-is-refused 'running kernel is 6\.1\.299-1, its headers are 6\.1\.300-1: apt-get'
machine 6.1.300-1 '' ''
refuses missing-headers-package-is-named 'apt-get install linux-headers-6\.1\.0-99-amd64$'

# --- hooks in what was compiled ----------------------------------------------

# objects: a client of three stock objects and one of ours. What has to be there
# is in the variables, each a piece of C.
objects() {
	rm -rf "$dir/client"
	mkdir -p "$dir/client/ntlm"
	printf '%s\n' 'ntlm-hook-a := hook' 'ntlm-call-b := instead' >"$dir/client/Kbuild"
	cc -c -x c - -o "$dir/client/a.o" <<<"$stock" &&
		cc -c -x c - -o "$dir/client/b.o" <<<"$caller" &&
		cc -c -x c - -o "$dir/client/c.o" <<<"$other" &&
		cc -c -x c - -o "$dir/client/ntlm/ours.o" <<<"$ours" || exit
	try tools/build/smb-hooks.py "$dir/client" "$KERNEL"
}
usual() {
	stock='int stock_hook(void) { return 1; }'
	caller='int hook(void), instead(void); int b(void) { return hook() + instead(); }'
	other='int c(void) { return 3; }'
	ours='int stock_hook(void); int hook(void) { return stock_hook(); } int instead(void) { return 2; }'
}
usual
objects
result "$status" hooks-that-took-are-accepted
usual
stock='int hook_(void) { return 1; }'
objects
refuses hook-without-stock-function-is-refused 'hook: a.o does not define stock_hook'
usual
stock='int hook(void) { return 1; }'
objects
refuses hook-that-was-not-renamed-is-refused 'hook: defined more than once'
usual
caller='int instead(void); int b(void) { return instead(); }'
objects
refuses hook-that-nothing-calls-is-refused 'hook: nothing outside a.o calls it'
usual
ours='int instead(void) { return 2; }'
objects
refuses hook-that-is-not-defined-is-refused 'hook: no object of kernel/smb defines it'
usual
caller='int hook(void); int b(void) { return hook(); }'
objects
refuses call-that-was-not-replaced-is-refused 'instead: b.o does not call it'

# --- the real thing, and where it is installed ----------------------------------

try tools/build/module.sh "$KERNEL" -- NTLM_SELFTESTS=n
result "$status" modules-build
try tools/build/smb.sh "$KERNEL"
result "$status" cifs-builds
grep -qE 'warning:|WARNING:' "$dir/said"
result "$((! $?))" cifs-builds-without-warnings
ko=$MODULE_OUT/smb/cifs.ko
result "$(modinfo -F depends "$ko" | tr , '\n' | grep -qx ntlm; echo $?)" cifs-depends-on-ntlm
result "$(readelf -SW "$ko" | grep -q '\.debug_info'; echo $((! $?)))" cifs-has-no-debug-information
built=$(find "$NTLM_CACHE/smb" -mindepth 1 -maxdepth 1 -name "$release-*" -newer "$dir/bin" -print -quit)
try diff -rq "$source/fs/smb/client" "${built:-/nonexistent}/smb/client"
result "$(grep -v "^Only in $built/" "$dir/said" | grep -q .; echo $((! $?)))" no-stock-file-was-changed

try tools/build/smb.sh -c "$KERNEL"
result "$status" kernel-smb-compiles-without-warnings

root=$dir/root modules=lib/modules/$release
stock=$(find "$kernel"/root/{usr/,}lib/modules/"$release" -name 'cifs.ko*' 2>/dev/null | head -n1)
mkdir -p "$root/$modules/kernel/fs/smb/client"
cp "$stock" "$root/$modules/kernel/fs/smb/client/"
cp "$(find "$kernel"/root/{usr/,}lib/modules/"$release" -name modules.builtin 2>/dev/null | head -n1)" "$root/$modules/"
: >"$root/$modules/modules.order"
wins() { # PATTERN: modprobe would take that file for cifs
	depmod -b "$root" "$release" >"$dir/said" 2>&1
	modinfo -b "$root" -k "$release" -n cifs >>"$dir/said" 2>&1
	[[ $(tail -n1 "$dir/said") = */$modules/$1 ]]
}
wins 'kernel/*/cifs.ko*'
result $? without-installation-the-stock-module-is-taken
try tools/build/smb-install.sh "$MODULE_OUT" "$release" "$root"
result "$status" installs
wins updates/cifs.ko
result $? installed-module-is-taken
try tools/build/smb-install.sh "$MODULE_OUT" "$release-other" "$root"
refuses module-for-another-kernel-is-not-installed 'run make smb'
echo 0 0 >"$MODULE_OUT/smb/made-of"
try tools/build/smb-install.sh "$MODULE_OUT" "$release" "$root"
refuses module-of-other-sources-is-not-installed 'made of other sources'
rm "$ko"
try tools/build/smb-install.sh "$MODULE_OUT" "$release" "$root"
refuses earlier-installation-is-not-left-behind 'earlier installation'
rm "$root/$modules/updates/cifs.ko"
try tools/build/smb-install.sh "$MODULE_OUT" "$release" "$root"
result "$status" nothing-built-is-no-failure
wins 'kernel/*/cifs.ko*'
result $? after-removal-the-stock-module-is-taken

tap_done
