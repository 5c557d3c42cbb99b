#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh [options] -- CMD [ARG...]: run a command under a stock Debian kernel.
#
# Boots the kernel in an emulated machine (no hardware virtualisation is needed)
# whose root is this machine's, read-only, with a RAM disk over it for writes;
# runs CMD there as root in the same directory, shows its output as it comes and
# exits with its status, or with
#	124	CMD did not end in time
#	125	the guest ended without a report: it panicked, left or did not boot
#	126	the kernel log holds a complaint (BUG, WARNING, oops, lockdep, ...),
#		whatever CMD said; the lines are shown
# A kernel panic that follows a complaint is 126, one by itself 125.
#
#	-k RELEASE	6.1 (default), 6.12, 7 or newest
#	-t SECONDS	time limit, 300 unless given
#	-m MIB		memory, 1024 unless given
#	-c CPUS		processors, 2 unless given
#	-o DIR		/vmout in the guest, writable; also gets console.log and
#			dmesg. Default: a temporary one
#	-M DIR		the .ko files below DIR go into the guest's
#			/lib/modules/*/updates, for modprobe; may be repeated
#	-r DIR		the guest's root is DIR, with the modules that are in it, and
#			CMD runs in /
#	-s		systemd is the guest's first process. CMD runs when its default
#			target is reached; then the machine is shut down in order. DIR
#			of -o also gets the journal and, in seconds of uptime, when the
#			shutdown began and when all services had ended: shutdown
#	-d FILE		/dev/vda in the guest is FILE, a disk image; writes go to FILE
#	-n		eth0 in the guest is on a network of its own, 10.0.2.0/24, where
#			10.0.2.2 is this machine's loopback and the guest is 10.0.2.15;
#			modprobe virtio_net. Whatever else this machine reaches can be
#			reached, too: use a network namespace
#	-q SOCKET	QEMU takes orders at SOCKET (QMP)
#	-e NAME=VALUE	an environment variable for CMD; may be repeated
#	-a ARGS		more arguments for the kernel
#	-v		all kernel messages on the console; QEMU's command line in
#			DIR/qemu.cmd
#
# In the guest: VM=1; /vmout; loopback is up; debugfs and tracefs are mounted.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../build/common.sh"
# shellcheck source=SCRIPTDIR/guest.sh
. "$here/guest.sh"

usage() {
	sed -n '4,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2
	exit 2
}
kernel=6.1 limit=300 memory=1024 cpus=2 out='' append='' verbose='' root=/ main=guest-main.sh init=''
modules=() environment=() devices=()
while getopts k:t:m:c:o:M:r:sd:nq:e:a:v opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	t) limit=$OPTARG ;;
	m) memory=$OPTARG ;;
	c) cpus=$OPTARG ;;
	o) out=$OPTARG ;;
	M) modules+=("$OPTARG") ;;
	r) root=$(realpath "$OPTARG") ;;
	s)
		main=guest-systemd.sh
		# No udev, so no terminal to wait for; no binfmt_misc among the modules.
		init="systemd.getty_auto=no systemd.mask=systemd-binfmt.service systemd.mask=proc-sys-fs-binfmt_misc.automount"
		;;
	# A comma in a name would end QEMU's option.
	d) devices+=(-drive "if=virtio,format=raw,cache=unsafe,file=${OPTARG//,/,,}") ;;
	n) devices+=(-netdev "user,id=net,ipv6=off" -device "virtio-net-pci,netdev=net,romfile=") ;;
	q) devices+=(-qmp "unix:${OPTARG//,/,,},server=on,wait=off") ;;
	e) environment+=("$OPTARG") ;;
	a) append=$OPTARG ;;
	v) verbose=1 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage
read -r thread qemu < <("$here/../build/qemu.sh") || exit 1
prep=$("$here/prep.sh" "$kernel")
read -r release <"$prep/release"

# --- the folder shared with the guest --------------------------------------

run_directory .vm
directory=$PWD
[ "$root" = / ] || directory=/
command_file "$directory" "$@"
cp "$here/$main" "$state/main"
modules_tree "$prep" "$release"
[ "$root" != / ] || modules_mount "$release"

# --- the machine -----------------------------------------------------------

loglevel=5
[ -z "$verbose" ] || loglevel=7
# shellcheck disable=SC2054 # QEMU's commas
command=("$qemu" -M "q35,usb=off,vmport=off,smm=off,hpet=off"
	-nodefaults -no-user-config -display none -no-reboot
	-accel "tcg,thread=$thread" -cpu max -smp "$cpus" -m "$memory"
	-kernel "$prep/vmlinux" -initrd "$prep/initramfs"
	-append "console=ttyS0 quiet loglevel=$loglevel log_buf_len=4M panic=-1 oops=panic panic_on_warn=1 nokaslr mitigations=off no_timer_check tsc=reliable cryptomgr.notests random.trust_cpu=on rcupdate.rcu_expedited=1 $init $append"
	-serial "file:$out/console.log"
	-device isa-debug-exit,iobase=0xf4,iosize=1
	-device virtio-serial-pci -add-fd fd=3,set=1
	-chardev file,id=out,path=/dev/fdset/1,append=on
	-device virtserialport,chardev=out,name=out
	-fsdev "local,id=root,path=$root,security_model=none,readonly=on,multidevs=remap"
	-device virtio-9p-pci,fsdev=root,mount_tag=root
	-fsdev "local,id=out,path=$out,security_model=none,multidevs=remap"
	-device virtio-9p-pci,fsdev=out,mount_tag=out
	"${devices[@]}")
[ -z "$verbose" ] || printf '%q ' "${command[@]}" >"$out/qemu.cmd"

# QEMU wants a descriptor that is open for writing only; a terminal is not.
exec {sink}> >(exec cat)
catpid=$!
timeout --foreground -k 5 "$limit" "${command[@]}" 3>&"$sink" </dev/null 2>"$state/qemu.err" {sink}>&- &
pid=$!
exec {sink}>&-
code=0
wait "$pid" || code=$?
pid=''
wait "$catpid" || true

verdict "$release" "$code" "$state/qemu.err"
