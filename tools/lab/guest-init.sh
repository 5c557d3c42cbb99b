#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# First process of a kernel of the lab, DIR/.lab/init where DIR is what run.sh
# shares with it: a RAM disk over this machine's root, which is read-only, then
# DIR/.lab/main there.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
die() {
	echo "guest-init: $*"
	echo o >/proc/sysrq-trigger
	sleep 9
}
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs -o mode=755 rw /run
mkdir /run/upper /run/work /run/new
mount -t overlay -o lowerdir=/,upperdir=/run/upper,workdir=/run/work root /run/new || die "no overlay"
cd /run/new || die "no root"
mkdir -p vmout
mount -t hostfs -o "${0%/.lab/init}" none vmout || die "no /vmout"
for d in dev proc sys; do
	mount --move /$d $d || die "cannot move $d"
done
mkdir -p dev/pts dev/shm
ln -sf /proc/self/fd dev/fd
ln -sf fd/0 dev/stdin
ln -sf fd/1 dev/stdout
ln -sf fd/2 dev/stderr
mount -t devpts -o mode=620,gid=5,ptmxmode=666 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
mount -t tmpfs -o mode=755 run run
mkdir run/lock
mount -t debugfs debug sys/kernel/debug
[ ! -e sys/kernel/tracing ] || mount -t tracefs trace sys/kernel/tracing
ip link set lo up
hostname vm
# A small kernel, and one with large stacks, allow few threads.
echo 32768 >proc/sys/kernel/pid_max
echo 30000 >proc/sys/kernel/threads-max
# Not switch_root, which changes the root of this process only: kernel threads
# share it now and modprobe and request-key are started by them.
mount --move . /
exec chroot . /bin/sh /vmout/.lab/main
