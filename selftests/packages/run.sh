#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The Debian packages: built, installed, upgraded, with another kernel, purged. On
# the host, as root. TAP.
#
# Packages are installed with chroot into roots of Debian with the kernel 6.1, where
# DKMS builds the modules at this machine's speed (with ccache). Machines booted from
# these roots, with systemd, do the rest: upgrade.sh (first mount, upgrade under a
# live mount, purge, again), newer.sh (after an upgrade to the kernel of backports),
# mismatch.sh (a source for which the overlay was refused). What needs no machine: an
# upgrade that fails, a new version of the kernel under the same name.
#
# With arguments, only these of the parts: upgrade newer mismatch again.
#
# NTLM_BUILD	where things are built; default: build in the project
set -u
here=$(dirname "$(realpath "$0")")
cd "$here/../.." || exit
. tools/build/common.sh
if [ -z "${NTLM_PACKAGES_NS:-}" ]; then
	# What is mounted here is seen here only, and ends with this.
	NTLM_PACKAGES_NS=1 exec unshare --mount --propagation private "$0" "$@"
fi
. selftests/lib/tap.sh
build=${NTLM_BUILD:-$PWD/build}
out=$build/packages
rm -rf "$out"
mkdir -p "$out" "$NTLM_CACHE/run" "$NTLM_CACHE/ccache"
run=$(mktemp -d "$NTLM_CACHE/run/XXXXXX")
child=''
# shellcheck disable=SC2317 # called by the trap
finish() {
	[ -z "$child" ] || { kill "$child" 2>/dev/null && wait "$child"; }
	awk -v d="$run/" 'index($5, d) == 1 { print $5 }' /proc/self/mountinfo | tac | xargs -r umount -l
	rm -rf --one-file-system "$run"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# step NAME CMD...: the command has to succeed, or there is nothing more to see.
step() {
	local name=$1
	shift
	"$@" >"$out/$name.log" 2>&1
	local status=$?
	result "$status" "$name"
	[ "$status" = 0 ] && return
	tail -n 30 "$out/$name.log" | sed 's/^/# /'
	tap_done
}
took() { echo "# $SECONDS s: $1"; }

# layer NAME BELOW: a root, $run/NAME/root, over that of another layer, or over the
# image where BELOW is a directory.
declare -A lower
layer() {
	local dir=$run/$1
	lower[$1]=${lower[$2]:+$run/$2/up:${lower[$2]}}
	lower[$1]=${lower[$1]:-$2}
	mkdir -p "$dir"/{up,work,root}
	mount -t overlay overlay -o "lowerdir=${lower[$1]},upperdir=$dir/up,workdir=$dir/work" "$dir/root"
}

# in_root LAYER CMD...: run there, as on a machine without systemd running
in_root() {
	local root=$run/$1/root
	shift
	# shellcheck disable=SC2016 # expanded by the inner shell
	unshare --mount --pid --fork --kill-child --propagation private sh -e -c '
	mount -t proc proc "$1/proc"
	mount --rbind /dev "$1/dev"
	mkdir -p "$1/var/cache/ccache"
	mount --bind "$2" "$1/var/cache/ccache"
	root=$1
	shift 2
	exec chroot "$root" /usr/bin/env -i PATH=/usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive CCACHE_DIR=/var/cache/ccache "$@"
	' sh "$root" "$NTLM_CACHE/ccache" "$@"
}

# boot LAYER KERNEL SCRIPT [ARG...]: SCRIPT of this directory, in the guest
boot() {
	local vm=$out/$1 root=$run/$1/root kernel=$2 script=$3 status
	shift 3
	mkdir -p "$vm"
	cp "$here"/{guest,files,credential}.sh "$here/$script" "$vm/"
	tools/vm/run.sh -k "$kernel" -t 1800 -m 2048 -o "$vm" -r "$root" -s -- bash "/vmout/$script" "$@" \
		>"$vm/tap" 2>"$vm/log" &
	child=$!
	wait "$child"
	status=$?
	child=''
	# Numbered here, after what is there already
	local line
	while IFS= read -r line; do
		case $line in
		'ok - '*) result 0 "${line#ok - }" ;;
		'not ok - '*) result 1 "${line#not ok - }" ;;
		*) echo "$line" ;;
		esac
	done <"$vm/tap"
	sed 's/^/# /' "$vm/log"
	# 1: a test has failed, which is told already
	[ "$status" = 0 ] || [ "$status" = 1 ]
	result $? "${script%.sh}-guest-ends-in-order"
	took "${script%.sh}"
}

# modules LAYER KERNEL: those of the kernel that guests may load
modules() {
	local prep release tree
	prep=$(tools/vm/prep.sh "$2") && read -r release <"$prep/release" || return
	tree=$run/$1/root/lib/modules/$release
	mkdir -p "$tree"
	rm -rf "$tree/kernel"
	cp -a "$prep/lib/modules/$release"/. "$tree/" && depmod -b "$run/$1/root" "$release"
}

# --- what there is to install ----------------------------------------------------

version=$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
next=$version+1
step packages-are-built-and-lintian-is-content tools/build/deb.sh "$out/old"
rm -f "$out"/old/*-dbgsym_*
mkdir "$run/source"
tar -C "$run/source" --strip-components=1 -xJf "$out/old/ntlm-kernel_$version.tar.xz"
step source-package-names-every-license sh -c 'cd "$1" && exec "$2/copyright.py"' sh "$run/source" "$here"
took packages

kernel=$(tools/build/kernel.sh 6.1) && bpo=$(tools/build/kernel.sh 6.12-bpo) || exit
release=$(cat "$kernel/release") later=$(cat "$bpo/release")
source_version=$(sed -n 's/^linux-headers-.*-amd64=//p' "$kernel/complete")
# With what the packages depend on, and not more
mapfile -t depends < <(for f in "$out"/old/*.deb; do
	printf '%s, %s\n' "$(dpkg-deb -f "$f" Depends)" "$(dpkg-deb -f "$f" Pre-Depends)"
done | tr , '\n' | sed -E 's/^ *([a-z0-9.+-]*).*/\1/' | grep -vE '^$|^ntlm' | sort -u)
image=$(tools/vm/bootroot.sh packages ccache linux-base initramfs-tools pahole zstd \
	"linux-headers-$release" "${depends[@]}") || exit
took image

# --- the first installation ------------------------------------------------------

layer start "$image"
for d in selftests/boot/root "$here/root"; do
	tar -C "$d" -c . | tar -C "$run/start/root" -xp --keep-directory-symlink --owner=0 --group=0 --no-same-owner
done
modules start 6.1 || exit
cp "$here"/{admin,credential,files}.sh "$run/start/root/root/"
step accounts-and-shares in_root start sh /root/admin.sh
in_root start sh /root/files.sh >"$run/before"
mv "$run/before" "$run/start/root/root/before"

layer installed start
cp "$out"/old/*.deb "$run/installed/root/root/"
# The image leaves documentation out.
step packages-install in_root installed sh -c \
	'dpkg --path-include="/usr/share/doc/libntlm-kernel-dev/*" -i /root/*.deb'
# Where a build has failed, DKMS keeps what the compiler said.
tail -n 30 "$run"/installed/root/var/lib/dkms/*/*/build/make.log 2>/dev/null | sed 's/^/# /'
root=$run/installed/root updates=$run/installed/root/lib/modules/$release/updates/dkms
is dkms-installs-the-modules "ntlm-cifs/$version, $release, x86_64: installed ntlm/$version, $release, x86_64: installed" \
	"$(in_root installed dkms status | paste -sd' ')"
is test-drivers-are-left-out 'cifs.ko ntlm.ko ntlm_dcerpc.ko' "$(cd "$updates" && echo *.ko)"
field() { modinfo -F "$2" "$updates/$1.ko"; }
is modules-have-the-version-of-the-package "$version $version $version" \
	"$(field ntlm version) $(field ntlm_dcerpc version) $(field cifs ntlm_version)"
is overlay-names-the-source-of-the-kernel "$source_version" "$(field cifs ntlm_source)"
# DKMS makes a key where there is none.
test -s "$root/var/lib/dkms/mok.key"
result $? dkms-has-a-key-for-secure-boot
key=$(openssl x509 -inform der -in "$root/var/lib/dkms/mok.pub" -noout -subject -nameopt multiline 2>/dev/null |
	sed -n 's/.*commonName *= //p')
for m in ntlm ntlm_dcerpc cifs; do
	[ -n "$key" ] && [ "$(field $m signer)" = "$key" ]
	result $? "$m-is-signed-with-it"
done
id=$(sed -n 's/^ntlmd:x:[0-9]*:\([0-9]*\):.*/\1/p' "$root/etc/passwd")
is configuration-has-its-owners-and-modes "0:0:755 0:0:644 0:${id:-none}:750" \
	"$(stat -c %u:%g:%a "$root"/etc/ntlmd{,/ntlmd.conf,/credentials.d} | paste -sd' ')"
step example-builds-with-the-headers in_root installed sh -e -c "cp -r /usr/share/doc/libntlm-kernel-dev/examples /root/example
	make -C /root/example KVER=$release
	rm -r /root/example"
cmp -s Documentation/netlink/specs/ntlm.yaml "$root/usr/share/ynl/specs/ntlm.yaml"
result $? netlink-specification-is-where-ynl-looks
step credential-is-accepted in_root installed sh /root/credential.sh
took installation

# --- what the next version brings -------------------------------------------------

upgrade() {
	step next-version-is-built tools/build/deb.sh -v "$next" "$out/new"
	rm -f "$out"/new/*-dbgsym_*
	# Compiled here, as the guest would do it itself.
	layer upgraded installed
	cp "$out"/new/*.deb "$run/upgraded/root/root/"
	step packages-upgrade in_root upgraded sh -c "rm -f /root/*_${version}_*.deb; dpkg -i /root/*.deb"
	step next-modules-are-built in_root upgraded sh -e -c "dkms mktarball -m ntlm -v $next -k $release --binaries-only \
			--archive /root/ntlm-$next.dkms.tar.gz
		tar -C /var/lib/dkms -czf /root/ntlm-cifs.tar.gz ntlm-cifs/$next/source ntlm-cifs/$next/$release"
	mkdir -p "$out/vm-upgrade/new"
	cp "$out"/new/*.deb "$run/upgraded/root/root/"*.tar.gz "$out/vm-upgrade/new/"
	layer vm-upgrade installed
	took "the next version"
	boot vm-upgrade 6.1 upgrade.sh "$next"
}

# --- another kernel -------------------------------------------------------------

newer() {
	local later_debs
	later_debs=$("$here/later.sh") || exit
	layer vm-newer installed
	mkdir "$run/vm-newer/root/root/later"
	cp "$later_debs"/*.deb "$run/vm-newer/root/root/later/"
	status_of_cifs() { in_root vm-newer dkms status -k "$later" | sed -n 's,^ntlm-cifs/.*: ,,p'; }
	step kernel-installs-without-its-source in_root vm-newer sh -c 'dpkg -i /root/later/linux-[!s]*.deb'
	grep -q "^W: ntlm-cifs-dkms: no cifs.ko for kernel $later" "$out/kernel-installs-without-its-source.log"
	result $? kernel-without-its-source-is-told
	is kernel-without-its-source-has-no-overlay added "$(status_of_cifs)"
	is kernel-without-its-source-has-ntlm "$version" \
		"$(modinfo -F version "$run/vm-newer/root/lib/modules/$later/updates/dkms/ntlm.ko.xz")"
	grep -q "apt-get install linux-source-6.12=" "$run/vm-newer/root/var/lib/ntlm-cifs-dkms/$later"
	result $? kernel-without-its-source-names-the-fix
	step source-of-the-kernel-installs in_root vm-newer sh -c 'dpkg -i /root/later/linux-source-*.deb'
	is source-of-the-kernel-brings-the-overlay installed "$(status_of_cifs)"
	test ! -e "$run/vm-newer/root/var/lib/ntlm-cifs-dkms"
	result $? source-of-the-kernel-ends-the-complaint
	[ -n "$key" ] && [ "$(modinfo -F signer "$run/vm-newer/root/lib/modules/$later/updates/dkms/"*.ko.xz | uniq)" = "$key" ]
	result $? modules-of-the-kernel-are-signed
	modules vm-newer 6.12-bpo || exit
	boot vm-newer 6.12-bpo newer.sh
}

# --- another source ----------------------------------------------------------------

mismatch() {
	local tree tarball
	# As little of the source as DKMS looks at, with one function changed.
	layer vm-mismatch installed
	tree=$run/vm-mismatch/tree tarball=$run/vm-mismatch/root/usr/src/linux-source-6.1.tar.xz
	mkdir "$tree"
	tar -C "$tree" -xJf "$tarball" --wildcards '*/fs/smb' '*/fs/nls' '*/scripts/asn1_compiler.c' \
		'*/include/linux/asn1.h' '*/include/linux/asn1_ber_bytecode.h'
	perl -0pi -e 's/(\bmatch_session\([^;{]*\)\n\{)/$1\n\tif (!ses)\n\t\treturn 1;/' "$tree"/*/fs/smb/client/connect.c
	(cd "$tree" && tar -cJf "$tarball" -- *)
	step other-source-arrives in_root vm-mismatch sh -e -c "dkms unbuild -m ntlm-cifs -v $version -k $release
		dpkg-trigger --by-package=linux-source-6.1 /usr/src
		dpkg --triggers-only -a"
	grep -q '^W: ntlm-cifs-dkms: no cifs.ko for kernel.*match_session is not as reviewed' "$out/other-source-arrives.log"
	result $? other-source-is-refused
	boot vm-mismatch 6.1 mismatch.sh
}

# --- an upgrade that fails, and a new version under the same name ---------------

again() {
	local p deb overlay=$run/vm-again/root/lib/modules/$release/updates/dkms/cifs.ko
	local status="ntlm-cifs/$version, $release, x86_64: installed"
	layer vm-again installed
	for p in ntlm ntlm-cifs; do
		deb=$run/vm-again/$p
		mkdir -p "$deb/DEBIAN"
		printf '%s\n' "Package: $p-dkms" 'Version: 1:1' 'Architecture: all' 'Maintainer: nobody <nobody@example.com>' \
			'Description: cannot be installed' >"$deb/DEBIAN/control"
		printf '%s\n' '#!/bin/sh' 'exit 1' >"$deb/DEBIAN/preinst"
		chmod 755 "$deb/DEBIAN/preinst"
		dpkg-deb -b "$deb" "$run/vm-again/root/root/$p.deb" >/dev/null
	done
	step upgrade-fails in_root vm-again sh -c '! dpkg -i /root/ntlm.deb && ! dpkg -i /root/ntlm-cifs.deb'
	is upgrade-that-failed-leaves-the-packages "ii  $version ii  $version" \
		"$(in_root vm-again dpkg-query -W -f '${db:Status-Abbrev} ${Version}\n' ntlm-dkms ntlm-cifs-dkms | paste -sd' ')"
	is upgrade-that-failed-leaves-the-modules "$status ${status/-cifs/}" "$(in_root vm-again dkms status | paste -sd' ')"

	# A security update of the kernel that keeps its name: headers and source of
	# another version, of which dpkg's list tells.
	local later=$source_version+again1
	sed -i -E "/^Package: linux-(headers-$release|source-6.1)\$/,/^\$/s/^Version: .*/Version: $later/" \
		"$run/vm-again/root/var/lib/dpkg/status"
	step new-version-of-the-kernel-arrives in_root vm-again sh -e -c 'dpkg-trigger --by-package=linux-source-6.1 /usr/src
		dpkg --triggers-only -a'
	is new-version-of-the-kernel-has-an-overlay "$later" "$(modinfo -F ntlm_source "$overlay")"
	is new-version-of-the-kernel-is-known-to-dkms "$status" "$(in_root vm-again dkms status -m ntlm-cifs)"
	grep -q "^ntlm-cifs-dkms: building cifs.ko for kernel $release, which takes some minutes" \
		"$out/new-version-of-the-kernel-arrives.log"
	result $? new-version-of-the-kernel-is-told
	took again
}

[ $# -gt 0 ] || set -- upgrade newer mismatch again
for part; do
	"$part"
done
tap_done
