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

pid='' run=''
# shellcheck disable=SC2317 # called by the trap
finish() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null || true
	[ -z "$run" ] || rm -rf "$run"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Below the cache, so that the guest sees it at the same path: /tmp or /run may
# be something else there.
mkdir -p "$NTLM_CACHE/run"
find "$NTLM_CACHE/run" -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} +
run=$(mktemp -d "$NTLM_CACHE/run/XXXXXX")
if [ -z "$out" ]; then
	out=$run/out
fi
mkdir -p "$out"
out=$(realpath "$out")
rm -rf "$out"/{.vm,dmesg,console.log}
mkdir "$out/.vm"

quote() { # in POSIX words, for the guest's shell
	local a
	for a; do
		printf " '%s'" "${a//\'/\'\\\'\'}"
	done
}
{
	for e in "${environment[@]}"; do
		[[ $e =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || die "-e wants NAME=VALUE, not '$e'"
		printf 'export %s=%s\n' "${e%%=*}" "$(quote "${e#*=}")" | sed 's/= /=/'
	done
	directory=$PWD
	[ "$root" = / ] || directory=/
	printf 'cd%s || exit 125\nset --%s\n' "$(quote "$directory")" "$(quote "$@")"
} >"$out/.vm/command"
cp "$here/$main" "$out/.vm/main"

tree=$prep/lib/modules/$release
if [ ${#modules[@]} -gt 0 ]; then
	tree=$run/lib/modules/$release
	mkdir -p "$tree/updates"
	ln -s "$prep/lib/modules/$release/kernel" "$tree/kernel"
	ln -s "$prep/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$tree/"
	mapfile -t kos < <(find "${modules[@]}" -name '*.ko')
	[ ${#kos[@]} -gt 0 ] || die "no .ko below ${modules[*]}"
	for ko in "${kos[@]}"; do
		# The guest reads modules over an emulated link; debug information is
		# most of their size.
		objcopy --strip-debug "$ko" "$tree/updates/${ko##*/}"
	done
	depmod -b "$run" "$release"
fi
[ "$root" != / ] || printf 'mkdir -p %s && mount --bind%s %s\n' "/lib/modules/$release" "$(quote "$tree")" "/lib/modules/$release" >"$out/.vm/modules"

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
timeout --foreground -k 5 "$limit" "${command[@]}" 3>&"$sink" </dev/null 2>"$out/.vm/qemu.err" {sink}>&- &
pid=$!
exec {sink}>&-
code=0
wait "$pid" || code=$?
pid=''
wait "$catpid" || true

# --- the verdict -----------------------------------------------------------

# Boot messages that merely name a checker ("Lock dependency validator", "kfence:
# initialized", "kmemleak: ... initialized") are not among these.
complaint='BUG:|BUG at |WARNING:|Oops|general protection|protection fault|invalid opcode|divide error'
complaint+='|double fault|unable to handle|Unable to handle|KASAN:|KCSAN:|KFENCE:|UBSAN:'
complaint+='|possible (recursive locking|circular locking|irq lock inversion|deadlock)|lock held|locks held'
complaint+='|inconsistent lock state|suspicious RCU|bad unlock balance|sleeping function|scheduling while atomic'
complaint+='|INFO: task .* blocked|rcu.*detected stall|soft lockup|hard LOCKUP|refcount_t:'
complaint+='|list_(add|del) (corruption|double)|unreferenced object|kmemleak: [0-9]+ new'
complaint+='|Objects remaining in|unregister_netdevice: waiting|DEBUG_LOCKS|corrupted stack'
# A panic and its trace follow many of the above; they count by themselves, too.
panic='Kernel panic|Call Trace:'
logs=()
for f in "$out/console.log" "$out/dmesg"; do
	[ ! -s "$f" ] || logs+=("$f")
done
bad='' died=''
if [ ${#logs[@]} -gt 0 ]; then
	bad=$(grep -ahE "$complaint" "${logs[@]}" | tr -d '\r' | awk '!seen[$0]++' || true)
	died=$(grep -ahE "$panic" "${logs[@]}" | tr -d '\r' | awk '!seen[$0]++' || true)
fi
status=''
[ ! -s "$out/.vm/status" ] || read -r status <"$out/.vm/status"
if [ -n "$bad" ] || [ -n "$died" ]; then
	msg "the kernel ($release) complained:"
	printf '%s\n' "$bad" "$died" | sed -n '/./s/^/  /p' | head -n 40 >&2
	[ -z "$status" ] || msg "the command's own status was $status"
	[ -n "$bad" ] || [ -n "$status" ] || exit 125
	exit 126
fi
[ -z "$status" ] || exit "$status"
if [ "$code" = 124 ] || [ "$code" = 137 ]; then
	msg "no end after $limit s"
	exit 124
fi
msg "the guest ended without a report (QEMU's status $code); the end of its console:"
cat "$out/.vm/qemu.err" >&2
[ ! -e "$out/console.log" ] || tail -n 40 "$out/console.log" | tr -d '\r' >&2
exit 125
