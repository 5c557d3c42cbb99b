#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# smb.sh [-c] [-s DIR] RELEASE: cifs.ko as a client of ntlm.ko, for a kernel in the cache
# smb.sh [-c] [-s DIR] -u CONFIG RELEASE: the same for a kernel of tools/lab
# smb.sh [-c] [-s DIR] -i KVER KDIR: the same for a kernel installed on this machine
# smb.sh -p: print a sum of what the project puts into cifs.ko
#
# Builds fs/smb/client from Debian's source of exactly that kernel's version
# together with kernel/smb, without a change to a stock file, and puts it, without
# debug information, into MODULE_OUT/smb/cifs.ko, and the sum of -p into
# MODULE_OUT/smb/made-of. The modules of the project must be in MODULE_OUT already,
# for cifs.ko calls ntlm.ko.
#
# Refuses when the source is of another version, when a stock function that
# kernel/smb relies on is not one that was reviewed (smb-relied.py), and when a
# hook did not take (smb-hooks.py).
#
# Stock objects stay below $NTLM_CACHE/smb, kbuild decides which to make again.
#
#	-c	compile kernel/smb only, with W=1, and with sparse where it runs;
#		a warning is a failure
#	-s DIR	a source tree with its version in DIR/version, instead of Debian's
# MODULE_OUT	default: build/RELEASE, with -u build/uml-CONFIG-RELEASE, with -i
#		build/native
# NTLM_VERSION	what modinfo -F ntlm_version says; default: that of the project's Kbuild
# JOBS		how many compilers at once; default: one per processor
set -euo pipefail
. "$(dirname "$(realpath "$0")")/common.sh"
here=$(dirname "$(realpath "$0")")
top=$(realpath "$here/../..")
ours=$top/kernel/smb

usage() { die "usage: smb.sh [-c] [-s DIR] [-u CONFIG] RELEASE | smb.sh [-c] [-s DIR] -i KVER KDIR | smb.sh -p"; }
# Not all kernels compare versions of symbols.
sum_of_parts() { (cd "$top" && cat include/linux/ntlm.h include/uapi/linux/ntlm.h kernel/smb/* | cksum); }
check='' source='' installed='' config=''
while getopts cs:u:ip opt; do
	case $opt in
	c) check=1 ;;
	s) source=$(realpath "$OPTARG") ;;
	u) config=$OPTARG ;;
	i) installed=1 ;;
	p)
		sum_of_parts
		exit
		;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))

# --- which kernel, which version of its source ----------------------------

# The source of a kernel installed on this machine, in $source.
installed_source() {
	local package tarball has
	[[ $version =~ ^([0-9]+\.[0-9]+) ]] || die "cannot read the version $version"
	package=linux-source-${BASH_REMATCH[1]}
	tarball=/usr/src/$package.tar.xz
	# shellcheck disable=SC2016 # dpkg-query's variable
	has=$(dpkg-query -W -f='${Version}' "$package" 2>/dev/null || true)
	[ "$has" = "$version" ] && [ -e "$tarball" ] ||
		die "kernel $release is Debian's $version, its source is ${has:-not installed}${has:+ of $has}: apt-get install $package=$version"
	source=$NTLM_CACHE/source/installed-$version
	[ ! -e "$source/version" ] || return 0
	work_dir source-installed
	msg "unpacking $package $version"
	tar -C "$work" -xJf "$tarball" --strip-components=1 --no-same-owner --wildcards \
		'*/fs/smb' '*/fs/nls' '*/scripts/asn1_compiler.c' \
		'*/include/linux/asn1.h' '*/include/linux/asn1_ber_bytecode.h'
	echo "$version" >"$work/version"
	mkdir -p "$NTLM_CACHE/source"
	rm -rf "$source"
	mv -T "$work" "$source"
}

if [ -n "$installed" ]; then
	[ $# = 2 ] || usage
	release=$1 kdir=$(realpath -m "$2")
	MODULE_OUT=$(realpath -m "${MODULE_OUT:-$top/build/native}")
	# shellcheck disable=SC2016 # dpkg-query's variable
	version=$(dpkg-query -W -f='${Version}' "linux-headers-$release" 2>/dev/null || true)
	[ -n "$version" ] && [ -e "$kdir/Makefile" ] ||
		die "no headers of a Debian kernel $release in $kdir: apt-get install linux-headers-$release"
	if [ "$release" = "$(uname -r)" ] && [[ $(uname -v) =~ \ Debian\ ([^ ]+) ]] &&
		[ "${BASH_REMATCH[1]}" != "$version" ]; then
		die "the running kernel is ${BASH_REMATCH[1]}, its headers are $version: apt-get install linux-image-$release linux-headers-$release, then reboot"
	fi
	case $version in
	6.1.*) name=6.1 ;;
	6.12.*) name=6.12 ;;
	[7-9].*) name=7 ;;
	*) name=$(cut -d. -f1,2 <<<"$version") ;;
	esac
	locked "$NTLM_CACHE/lock/smb-$release"
	[ -n "$source" ] || installed_source
	key="$version $kdir $(gcc --version | head -n1)"
elif [ -n "$config" ]; then
	[ $# = 1 ] || usage
	name=$(series "$1")
	MODULE_OUT=$(realpath -m "${MODULE_OUT:-$top/build/uml-$config-$name}")
	kdir=$("$here/../lab/kernel.sh" "$config" "$name")
	release=$(cat "$kdir/release")-uml-$config
	version=$(cat "$kdir/version")
	[ -n "$source" ] || source=$(realpath "$kdir/source")
	locked "$NTLM_CACHE/lock/smb-$release"
	key=$kdir
else
	[ $# = 1 ] || usage
	name=$(series "$1")
	MODULE_OUT=$(realpath -m "${MODULE_OUT:-$top/build/$name}")
	kernel=$("$here/kernel.sh" "$name")
	release=$(cat "$kernel/release")
	kdir=$kernel/root/usr/src/linux-headers-$release
	version=$(sed -n 's/^linux-headers-.*-amd64=//p' "$kernel/complete")
	[ -n "$source" ] || source=$("$here/linux-source.sh" "$name")
	locked "$NTLM_CACHE/lock/smb-$release"
	if [ "$name" = 6.1 ]; then
		compiler=$(gcc-12 --version 2>/dev/null || gcc --version)
	else
		compiler=$(cat "$("$here/kernel.sh" -t "$name")/complete")
	fi
	key="$(cat "$kernel/complete") $compiler"
fi
result=$MODULE_OUT/smb/cifs.ko
# One that is there stays until the new one is complete: a guest may be reading it.
made=$check
trap '[ -n "$made" ] || rm -f "$result"' EXIT

has=$(cat "$source/version" 2>/dev/null || echo "of no known version")
[ "$has" = "$version" ] || die "the source in $source is $has, kernel $release wants $version"
python3 -B "$here/smb-relied.py" --kernel "$name" --version "$version" "$source" || exit 1
[ -n "$check" ] || [ -e "$MODULE_OUT/Module.symvers" ] ||
	die "no modules of the project in $MODULE_OUT: build them first"
for f in ntlm compat.h; do
	[ ! -e "$source/fs/smb/client/$f" ] || die "fs/smb/client has a $f of its own in $version: smb.sh has to be ported"
done

made_of=$(sum_of_parts)
our_version=${NTLM_VERSION:-$(sed -n 's/^NTLM_VERSION ?= //p' "$top/Kbuild")}

# --- bring everything together ---------------------------------------------

sum=$(cksum <<<"$key")
out=$NTLM_CACHE/smb/$release-${sum%% *}
client=$out/smb/client
mkdir -p "$client/ntlm" "$out/smb/common" "$out/nls" "$out/include"
touch "$out"
find "$NTLM_CACHE/smb" -mindepth 1 -maxdepth 1 -name "$release-*" -mmin +1440 -exec rm -rf {} +

# put FILE TO: write only what differs, make goes by time.
put() {
	cmp -s "$1" "$2" && return
	mkdir -p "${2%/*}"
	cp "$1" "$2.new"
	mv "$2.new" "$2"
}
put_tree() { # DIR TO
	local f
	while IFS= read -r f; do
		put "$1/$f" "$2/$f"
	done < <(cd "$1" && find . -type f -printf '%P\n')
}
put_text() { # TO; text on stdin
	cat >"$1.text"
	put "$1.text" "$1"
	rm "$1.text"
}
put_tree "$source/fs/smb/client" "$client"
put_tree "$source/fs/smb/common" "$out/smb/common"
for f in "$source"/fs/nls/*.h; do
	[ ! -e "$f" ] || put "$f" "$out/nls/${f##*/}"
done
put_tree "$top/include" "$out/include"
put "$top/kernel/compat.h" "$client/compat.h"
for f in "$ours"/*.[ch]; do
	put "$f" "$client/ntlm/${f##*/}"
done
for f in "$client"/ntlm/*.[ch]; do
	[ -e "$ours/${f##*/}" ] || rm -f "$f" "${f%.c}.o" "${f%/*}/.$(basename "$f" .c).o.cmd"
done
put "$ours/Kbuild" "$client/Kbuild"
put_text "$client/ntlm/version" <<<"$version"
put_text "$client/ntlm/ntlm-version" <<<"$our_version"
put_text "$out/Kbuild" <<<'obj-m := smb/client/'

# Debian's kernel headers have no asn1_compiler, so kbuild's rule for it does not
# apply and what is made here is taken for sources.
asn1=cifs_spnego_negtokeninit.asn1
if [ ! "$client/$asn1.c" -nt "$client/$asn1" ]; then
	gcc -O2 -I"$source/include" -o "$out/asn1_compiler" "$source/scripts/asn1_compiler.c"
	(cd "$client" && "$out/asn1_compiler" $asn1 $asn1.c.new $asn1.h && mv $asn1.c.new $asn1.c)
fi

# --- build ------------------------------------------------------------------

build() {
	if [ -n "$installed$config" ]; then
		env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C make --no-print-directory -C "$kdir" M="$out" "-j${JOBS:-$(nproc)}" \
			${config:+ARCH=um KCFLAGS=-Wframe-larger-than=4096} CONFIG_DEBUG_INFO_BTF_MODULES= "$@"
	else
		MODULE_OUT=$out "$here/module.sh" "$name" -- M="$out" "$@"
	fi
}

if [ -n "$check" ]; then
	# Which objects there are may depend on the kernel.
	IFS=. read -r major minor _ <<<"$version"
	# shellcheck disable=SC2016 # make's variable
	read -ra objects < <(make -rR --no-print-directory -f "$client/Kbuild" -f - "src=$client" "obj=$client" \
		"VERSION=$major" "PATCHLEVEL=$minor" all <<<'$(info $(ntlm-objects))
all:;@:')
	[ ${#objects[@]} -gt 0 ] || die "kernel/smb/Kbuild names no objects"
	args=(W=1)
	[ "$name" != 6.1 ] || args+=(C=2)
	for o in "${objects[@]}"; do
		rm -f "$client/$o"
		args+=("smb/client/$o")
	done
	build "${args[@]}" 2>&1 | tee "$out/check.log" >&2
	! grep -qE 'warning:|error:' "$out/check.log" || die "kernel/smb compiles with warnings for $name"
	exit 0
fi
# What ntlm.ko exports. Kbuild does not look whether this file has changed.
awk -F'\t' '$3 ~ /(^|\/)ntlm$/' "$MODULE_OUT/Module.symvers" | put_text "$out/ntlm.symvers"
[ -s "$out/ntlm.symvers" ] || die "ntlm.ko in $MODULE_OUT exports nothing"
[ "$out/ntlm.symvers" -ot "$out/Module.symvers" ] || rm -f "$out/Module.symvers"
build KBUILD_EXTRA_SYMBOLS="$out/ntlm.symvers" modules
python3 -B "$here/smb-hooks.py" "$client" "$version" || exit 1
mkdir -p "${result%/*}"
objcopy --strip-debug "$client/cifs.ko" "$result.new"
echo "$made_of" >"${result%/*}/made-of"
mv "$result.new" "$result"
made=1
msg "cifs.ko for $release ($version): $result"
