#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Installs the project with its own "make install" in a minimal Debian, boots
# that with systemd under the kernel in KERNEL, and looks at boot, service,
# mounts and shutdown. Runs on the host, as root. TAP.
#
# NTLM_BUILD	where things are built; default: build in the project
set -u
here=$(dirname "$(realpath "$0")")
cd "$here/../.." || exit
top=$PWD
kernel=${KERNEL:?}
build=${NTLM_BUILD:-$top/build}
out=$build/boot-$kernel
rm -rf "$out/root" "$out/vm"
mkdir -p "$out"

# As users do it: no test drivers, then the parts of "make install".
install_project() {
	local cache headers release
	cache=$(tools/build/kernel.sh "$kernel") || return
	release=$(cat "$cache/release")
	headers=$cache/root/usr/src/linux-headers-$release
	export MODULE_OUT=$out/modules
	tools/build/module.sh "$kernel" -- NTLM_SELFTESTS=n &&
		tools/build/smb.sh "$kernel" &&
		make install-modules install-programs "build=$build" "native=$MODULE_OUT" \
			"KVER=$release" "KDIR=$headers" "DESTDIR=$out/root" INSTALL_MOD_STRIP=1
}
if ! install_project >"$out/install.log" 2>&1; then
	sed 's/^/# /' "$out/install.log" | tail -n 30
	echo "not ok 1 - installs"
	echo "1..1"
	exit 1
fi
mkdir -p "$out/vm"
cp "$here/guest.sh" "$here/../lib/tap.sh" "$out/vm/"
start=$SECONDS
tools/vm/boot.sh -k "$kernel" -t 540 -o "$out/vm" -i "$out/root" -i "$here/root" -x "$here/admin.sh" \
	-- bash /vmout/guest.sh >"$out/tap" 2>"$out/log"
status=$?
journal=$out/vm/journal

tap() { # STATUS NAME
	[ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"
}

# line TEXT: number of the last line of the journal that holds it; 0: none
line() { grep -nF "$1" "$journal" 2>/dev/null | tail -n 1 | cut -d: -f1 | grep . || echo 0; }

make -C tools/mount SANITIZE=1 "O=$build/boot-asan" >"$out/asan.log" 2>&1 &&
	"$here/options.sh" "$build/boot-asan/mount.ntlm" >>"$out/asan.log" 2>&1
options=$?
{
	echo "ok - installs"
	test -x "$out/root/usr/libexec/ntlmctl-verify"
	tap $? installs-the-program-of-login-verify
	cat "$out/tap"
	[ "$options" = 0 ] || tail -n 20 "$out/asan.log" | sed 's/^/# /'
	sed -n 's/^# SEED/&/p' "$out/asan.log"
	tap "$options" mount-ntlm-reads-all-kinds-of-options
	stopped=$(line 'systemd[1]: Stopping ntlmd.service')
	server=$(line 'systemd[1]: Stopping smbd.service')
	for m in srv-files srv-helper srv-auto; do
		unmounted=$(line "systemd[1]: Unmounted $m.mount")
		tap $((unmounted == 0 || stopped == 0 || unmounted >= stopped)) "shutdown-unmounts-$m-before-ntlmd-stops"
		tap $((unmounted == 0 || server == 0 || unmounted >= server)) "shutdown-unmounts-$m-before-the-server-stops"
	done
	took=$(paste -sd' ' "$out/vm/shutdown" 2>/dev/null | awk 'NF == 2 { printf "%.1f", $2 - $1 }')
	echo "# the shutdown took ${took:-?} s"
	# What hangs does so for the 90 s that systemd gives a unit.
	awk -v t="${took:-99}" 'BEGIN { exit !(t < 45) }'
	tap $? shutdown-does-not-hang
	! grep -E 'Failed unmounting|Failed with result .timeout|CIFS: VFS: .*(reconnect|timed out)' "$journal"
	tap $? shutdown-is-clean
} | awk '/^(not )?ok .*- / { n++; sub(/ok [0-9 ]*- /, "ok " n " - ") } { print } END { print "1.." n }' >"$out/numbered"
cat "$out/numbered"
sed 's/^/# /' "$out/log"
echo "# $((SECONDS - start)) s, exit status $status"
! grep -q '^not ok' "$out/numbered" || [ "$status" != 0 ] || status=1
exit "$status"
