#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# prep.sh RELEASE: get a stock Debian kernel ready to be booted by run.sh.
#
# Prints a directory in the cache, made once for each kernel version:
#	vmlinux		the kernel, to be started by its PVH note
#	initramfs	busybox, guest-init.sh and the modules that lead to the root
#	lib/modules/V	the modules that a guest may load
#	release		V
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../build/common.sh"

[ $# = 1 ] || die "usage: prep.sh RELEASE"
name=$(series "$1")
kernel=$("$here/../build/kernel.sh" "$name")
read -r release <"$kernel/release"
sum=$(cat "$kernel/complete" "$here"/{prep.sh,guest-init.sh,extract-vmlinux.py} | cksum)
dir=$NTLM_CACHE/vm/$release-${sum%% *}
if [ -e "$dir/complete" ]; then
	echo "$dir"
	exit 0
fi
locked "$NTLM_CACHE/lock/vm-$name"
if [ -e "$dir/complete" ]; then
	echo "$dir"
	exit 0
fi
msg "preparing $release"

# What it takes to reach the root, and what tests may ask for. Names that a
# kernel has built in or does not have are passed over: which those are differs
# between the releases.
boot="virtio_pci virtio_console 9pnet_virtio 9p overlay"
want="libarc4 md5 libmd5 md4 hmac cmac ctr cbc ecb ccm gcm ghash_generic seqiv
des_generic aes_generic sha1_generic sha256_generic sha512_generic aesni_intel
ghash_clmulni_intel drbg jitterentropy_rng ansi_cprng crc32_generic
autofs4 cifs nls_utf8 nls_ucs2_utils nls_ascii nls_iso8859_1 dns_resolver
veth dummy ifb tun bridge nlmon sch_netem sch_tbf sch_prio cls_u32
virtio_net virtio_blk ext4 crc32c_generic brd zram lzo_rle fuse
nf_tables nft_compat nft_ct nft_limit nft_counter nft_reject_inet nft_reject_ipv4
inet_diag tcp_diag udp_diag unix_diag netlink_diag af_packet_diag"

work_dir "vm-$name"
tree='' image=''
for d in "$kernel"/root/{usr/,}lib/modules/"$release"; do
	[ -d "$d/kernel" ] && tree=$d
done
for f in "$kernel/root/boot/vmlinuz-$release" "$tree/vmlinuz"; do
	[ -f "$f" ] && image=$f
done
[ -n "$tree" ] || die "no modules in $kernel"
[ -n "$image" ] || die "no kernel image in $kernel"
python3 "$here/extract-vmlinux.py" "$image" "$work/vmlinux"

# depmod over all modules takes a quarter of a minute (they are compressed), so
# follow what each wanted module says of itself.
declare -A path=() seen=()
while IFS= read -r f; do
	m=${f##*/}
	m=${m%%.ko*}
	path[${m//-/_}]=$f
done < <(find "$tree/kernel" -name '*.ko*')
modules=$work/lib/modules/$release
mkdir -p "$modules/kernel" "$work/i"/{bin,m,dev,proc,sys,ro,rw,new}
unpack() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -qdc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}
order=
add() {
	local m=${1//-/_} d ko
	[ -z "${seen[$m]:-}" ] || return 0
	seen[$m]=1
	[ -n "${path[$m]:-}" ] || return 0
	ko=$modules/kernel/$m.ko
	unpack "${path[$m]}" >"$ko"
	for d in $(modinfo -F depends "$ko" | tr , ' '); do
		add "$d" "$2"
	done
	if [ "$2" = boot ]; then
		cp "$ko" "$work/i/m/"
		order+=$m$'\n'
		return 0
	fi
	for d in $(modinfo -F softdep "$ko" | sed 's/\(pre\|post\)://g'); do
		add "$d" want
	done
}
for m in $boot; do add "$m" boot; done
printf %s "$order" >"$work/i/m/order"
for m in $want; do add "$m" want; done
cp "$tree"/modules.{builtin,builtin.modinfo} "$modules/"
: >"$modules/modules.order"
depmod -b "$work" "$release"

busybox=$(command -v busybox) || die "no busybox: run tools/build/deps.sh vm"
cp "$busybox" "$work/i/bin/busybox"
cp "$here/guest-init.sh" "$work/i/init"
chmod 755 "$work/i/init"
(cd "$work/i" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0) >"$work/initramfs"
rm -rf "$work/i"
echo "$release" >"$work/release"
: >"$work/complete"
mkdir -p "$NTLM_CACHE/vm"
mv -T "$work" "$dir"
# Made by earlier versions of these scripts; a day later no guest runs from it.
find "$NTLM_CACHE/vm" -mindepth 1 -maxdepth 1 -name "$release-*" -mmin +1440 ! -path "$dir" -exec rm -rf {} +
echo "$dir"
