#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# qemu.sh: an emulator that runs several processors well.
#
# QEMU before 8.1, thus Debian 12's, can let one emulated processor see an
# instruction that another is just replacing, half done. Kernels replace their
# own instructions all the time, and in one of some dozen boots an "Oops: int3"
# is the result. So with such a QEMU installed, a newer one is taken from
# Debian's backports into the cache (it runs on the libraries that the installed
# one brought); if that cannot be had, all processors share one thread.
#
# Prints one line: multi or single, and the program.
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.sh"
. "$(dirname "$(realpath "$0")")/private-apt.sh"

program=$(command -v qemu-system-x86_64) || die "no qemu-system-x86_64: run tools/build/deps.sh vm"
good=8.1
version=$(dpkg-query -W -f='${Version}' qemu-system-x86 2>/dev/null) ||
	version=$("$program" --version | sed -n '1s/.*version \([^ ]*\).*/\1/p')
version=${version#*:}
if dpkg --compare-versions "$version" ge "$good"; then
	echo multi "$program"
	exit 0
fi

dir=$NTLM_CACHE/qemu
newer=$dir/root/usr/bin/qemu-system-x86_64
use() { [ -e "$dir/complete" ] && echo multi "$newer"; }
! use || exit 0
locked "$NTLM_CACHE/lock/qemu"
! use || exit 0

work_dir qemu
newer_qemu() {
	# shellcheck source=/dev/null
	. /etc/os-release
	private_apt qemu "${VERSION_CODENAME:?}-backports"
	msg "downloading a newer QEMU than $version"
	apt_download "$work/debs" qemu-system-x86 qemu-system-common qemu-system-data seabios
	local d
	for d in "$work"/debs/*.deb; do
		dpkg -x "$d" "$work/root" || return
	done
	mv "$work/root/usr/share/seabios"/* "$work/root/usr/share/qemu/" || return
	rm -rf "$work/debs"
	"$work/root/usr/bin/qemu-system-x86_64" --version >"$work/version" &&
		mv "$work/version" "$work/complete"
}
# A failure in there is told, but leaves the installed QEMU to work with.
if (newer_qemu); then
	rm -rf "$dir"
	mv -T "$work" "$dir"
	use
else
	msg "using QEMU $version with one thread for all processors"
	echo single "$program"
fi
