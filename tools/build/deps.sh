#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# deps.sh [-n] [GROUP...]: install the Debian packages that the groups need.
#
# Groups: build (default), deb, vm, demo, test, bench, all (but bench). Needs root or
# sudo, but only when something is missing. -n names what is missing and installs
# nothing (exit status 1 if anything is).
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.sh"

declare -A group=(
	[build]="gcc libc6-dev make pkg-config libnl-3-dev libnl-genl-3-dev
		nettle-dev libunistring-dev libsystemd-dev libcap-ng-dev
		libsmbclient-dev libkmod-dev libseccomp-dev libinih-dev libmount-dev libidn2-dev libtasn1-6-dev libtasn1-bin
		libwbclient-dev kmod cpio xz-utils zstd binutils
		bc flex bison libelf-dev python3 util-linux"
	[deb]="debhelper dh-dkms dpkg-dev lintian openssl"
	[vm]="qemu-system-x86 busybox-static kmod cpio xz-utils zstd lz4
		binutils python3 util-linux mmdebstrap e2fsprogs"
	[demo]="samba samba-common-bin tshark tcpdump iproute2 procps"
	[test]="clang libclang-rt-dev llvm sparse gss-ntlmssp libkrb5-dev
		samba winbind samba-ad-dc samba-ad-provision python3-samba smbclient python3-yaml python3-jsonschema zsh bpftrace iproute2 procps shellcheck mandoc
		samba-common-bin samba-dsdb-modules python3-markdown python3-gssapi
		python3-impacket python3-ntlm-auth"
	[bench]="gss-ntlmssp libkrb5-dev libssl-dev gnuplot-nox kmod python3 util-linux"
)

only_name=
while getopts n opt; do
	case $opt in
	n) only_name=1 ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- build

names=()
for g; do
	case $g in
	all) g="build deb vm demo test" ;;
	esac
	for one in $g; do
		[ -n "${group[$one]:-}" ] || die "unknown group '$one' (${!group[*]} all)"
		# shellcheck disable=SC2206 # the lists are words
		names+=(${group[$one]})
	done
done

# No kernel headers here: modules are built against those that kernel.sh keeps
# in its cache.
declare -A present=()
while read -r state name; do
	[ "$state" != ii ] || present[$name]=1
done < <(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "${names[@]}" 2>/dev/null || true)
missing=()
for n in "${names[@]}"; do
	[ -n "${present[$n]:-}" ] && continue
	present[$n]=1
	missing+=("$n")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ -n "$only_name" ]; then
	printf '%s\n' "${missing[@]}"
	exit 1
fi

msg "installing ${missing[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || die "not root and no sudo; as root: apt-get install ${missing[*]}"
	as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT

apt_get() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
		apt-get -y -q -o DPkg::Lock::Timeout=900 "$@" >>"$log" 2>&1 </dev/null
}
update() {
	# A foreign source that does not answer must not stop us: what counts is
	# whether the packages can be installed afterwards.
	apt_get update || true
}
install() { apt_get install --no-install-recommends "${missing[@]}"; }

fresh=$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -mmin -1440 -print -quit 2>/dev/null || true)
updated=
if [ -z "$fresh" ]; then
	update
	updated=1
fi
if ! install; then
	[ -n "$updated" ] || {
		update
		install
	} || {
		why=$(grep -m1 '^E: ' "$log" || tail -n1 "$log")
		die "could not install ${missing[*]}: ${why#E: }"
	}
fi
