#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kernel.sh [-u] [-t] RELEASE: a stock Debian kernel for amd64, unpacked.
#
# RELEASE is 6.1, 6.12, 6.12-bpo (that of the backports for Debian 12) or 7 (newest:
# the same as 7). The packages of the
# kernel image, its modules, headers and kbuild tools are downloaded from the
# Debian mirror that this machine uses and unpacked below $NTLM_CACHE; nothing
# is installed and the system's apt state is neither read nor written. Prints
# one directory:
#	DIR/release	the name of the release, as in uname -r
#	DIR/root	what the packages hold
# What is in the cache is used as it is; -u asks the mirror for a newer one.
#
# With -t, prints instead the root directory of the compiler that this kernel's
# headers ask for, with all that kbuild runs: to be entered with chroot.
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.sh"
. "$(dirname "$(realpath "$0")")/private-apt.sh"

update='' what=kernel
while getopts ut opt; do
	case $opt in
	u) update=1 ;;
	t) what=toolchain ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# = 1 ] || die "usage: kernel.sh [-u] [-t] RELEASE"
name=$(series "$1")
link=$NTLM_CACHE/$what/$name

# The link is made last, to a directory that got its name when complete.
current() { [ -e "$link/complete" ] && realpath "$link"; }
[ -n "$update" ] || ! current || exit 0

locked "$NTLM_CACHE/lock/$name"
[ -n "$update" ] || ! current || exit 0

# Suites in which to look for the series, and for each suite those that must
# be known with it to resolve dependencies.
case $name in
6.1) suites="bookworm bookworm-updates bookworm-security" ;;
6.12) suites="trixie trixie-updates trixie-security" ;;
6.12-bpo) suites="bookworm bookworm-updates bookworm-security bookworm-backports" ;;
7) suites="trixie trixie-backports forky sid experimental" ;;
esac
companions() {
	case $1 in
	trixie-backports) echo trixie trixie-backports ;;
	bookworm-backports) echo bookworm bookworm-updates bookworm-security bookworm-backports ;;
	experimental) echo sid experimental ;;
	forky | sid) echo "$1" ;;
	*) echo "$suites" ;;
	esac
}

# shellcheck disable=SC2086 # a list of words
private_apt "$name" $suites

# --- which version -------------------------------------------------------

meta=linux-image-amd64 best='' suite=
while IFS='|' read -r _ v where; do
	v=${v// /}
	case $v in
	*~rc*) continue ;;
	"${name%-bpo}".*) ;;
	*) continue ;;
	esac
	if [ -z "$best" ] || dpkg --compare-versions "$v" gt "$best"; then
		best=$v
		suite=$(sed -E 's|.* ([^ /]+)/main .*|\1|' <<<"$where")
	fi
done < <(apt-cache madison $meta)
[ -n "$best" ] || die "the mirror has no $name kernel in any of: $suites"
release=$(apt-cache show "$meta=$best" | sed -nE 's/^Depends:.* linux-image-([0-9][^ ,]*-amd64) .*/\1/p')
[ -n "$release" ] || die "cannot tell the release name of $meta $best"
# shellcheck disable=SC2046 # a list of words
apt_suites $(companions "$suite")

# plan PACKAGE...: NAME=VERSION of all that installing them on an empty system
# would install.
plan() {
	apt-get -s -q -q -t "$suite" install "$@" 2>"$apt/plan.log" |
		sed -nE 's/^Inst ([^ ]+) \(([^ ]+) .*/\1=\2/p'
}
headers=linux-headers-$release
case $what in
kernel)
	mapfile -t debs < <(plan "linux-image-$release" "$headers" |
		grep -E '^linux-(image|binary|base|modules|headers|kbuild)-')
	dir=$NTLM_CACHE/kernel/$release
	;;
toolchain)
	# The C compiler comes with the headers; the rest is what kbuild calls.
	mapfile -t debs < <(plan "$headers" libc6-dev make bash dash coreutils \
		sed grep gawk findutils diffutils xz-utils zstd perl python3 kmod \
		binutils util-linux base-files | grep -vE '^linux-(image|headers|kbuild)-')
	dir=$NTLM_CACHE/toolchain/$release
	;;
esac
[ ${#debs[@]} -gt 1 ] || die "cannot resolve the packages of $release: $(grep -m1 '^E: ' "$apt/plan.log" || echo "see $apt/plan.log")"

# --- download and unpack -------------------------------------------------

if [ ! -e "$dir/complete" ] || [ "$(cat "$dir/complete")" != "$(printf '%s\n' "${debs[@]}")" ]; then
	work_dir "$what-$name"
	mkdir "$work/root"
	msg "downloading $release ($what, ${#debs[@]} packages)"
	apt_download "$work/debs" "${debs[@]}"
	if [ $what = toolchain ]; then
		# Every package is unpacked by itself and none is installed, so
		# nobody else would merge /bin and /lib into /usr.
		for d in bin sbin lib lib64; do
			mkdir -p "$work/root/usr/$d"
			ln -s "usr/$d" "$work/root/$d"
		done
	fi
	msg "unpacking $release ($what)"
	for d in "$work"/debs/*.deb; do
		if [ $what = toolchain ]; then
			dpkg-deb --fsys-tarfile "$d" |
				tar -C "$work/root" --keep-directory-symlink --no-same-owner -xp \
					--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
					--exclude='./usr/share/locale/*' --exclude='./dev/*'
		else
			dpkg -x "$d" "$work/root"
		fi
	done
	rm -rf "$work/debs"
	if [ $what = kernel ]; then
		h=$work/root/usr/src/linux-headers-$release
		[ -f "$h/Makefile" ] || die "$headers holds no $h/Makefile"
		# kbuild finds its tools by relative links, but the flavour's Makefile
		# and a few generated files name /usr/src.
		grep -IlrF /usr/src/linux-headers- "$h" --include=Makefile --include='.*.cmd' --include='*.conf' |
			xargs -r sed -i "s|/usr/src/linux-headers-|$dir/root/usr/src/linux-headers-|g"
	else
		mkdir -p "$work/root"/{proc,dev,tmp,usr/src}
		# update-alternatives would make these.
		for p in awk:gawk sh:dash cc:gcc; do
			[ -e "$work/root/usr/bin/${p%:*}" ] || ln -s "${p#*:}" "$work/root/usr/bin/${p%:*}"
		done
	fi
	echo "$release" >"$work/release"
	printf '%s\n' "${debs[@]}" >"$work/complete"
	mkdir -p "${dir%/*}"
	if [ -e "$dir" ]; then
		mv "$dir" "$work.old"
	fi
	mv "$work" "$dir"
fi
rm -f "$apt"/*pkgcache.bin
ln -sfn "${dir##*/}" "$link"
current || die "$link is not complete"
