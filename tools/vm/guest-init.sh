#!/bin/busybox sh
# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's first process, in the initramfs: brings up the root file system
# and hands over to /vmout/.vm/main. Every fork costs tens of milliseconds under
# emulation, so it uses busybox and as little of it as it can.
b=/bin/busybox
$b mount -t devtmpfs dev /dev
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys

die() {
	echo "guest-init: $*"
	echo b >/proc/sysrq-trigger
	$b sleep 9
}

while read -r m; do
	$b insmod "/m/$m.ko" || echo "guest-init: insmod $m failed"
done </m/order

p9=trans=virtio,version=9p2000.L,msize=512000,access=any
$b mount -t 9p -o "ro,$p9,cache=loose" root /ro || die "no root"
$b mount -t tmpfs -o mode=755 rw /rw
$b mkdir -p /rw/u /rw/w
$b mount -t overlay -o lowerdir=/ro,upperdir=/rw/u,workdir=/rw/w root /new || die "no overlay"
$b mkdir -p /new/vmout
$b mount -t 9p -o "$p9,cache=none" out /new/vmout || die "no /vmout"
for d in dev proc sys; do
	$b mount --move /$d /new/$d || die "cannot move $d"
done
$b mkdir -p /new/dev/pts /new/dev/shm
# devtmpfs has no such links; udev would make them.
$b ln -s /proc/self/fd /new/dev/fd
$b ln -s fd/0 /new/dev/stdin
$b ln -s fd/1 /new/dev/stdout
$b ln -s fd/2 /new/dev/stderr
$b mount -t devpts -o mode=620,gid=5,ptmxmode=666 devpts /new/dev/pts
$b mount -t tmpfs -o mode=1777 shm /new/dev/shm
$b mount -t tmpfs -o mode=755 run /new/run
$b mkdir -p /new/run/lock
$b mount -t debugfs debug /new/sys/kernel/debug
$b mount -t tracefs trace /new/sys/kernel/tracing
$b ip link set lo up
$b hostname vm
cd /new || die "no /new"
# Not switch_root, which changes the root of this process only: kernel threads
# share it now and modprobe and request-key are started by them.
$b mount --move . /
exec $b chroot . /bin/sh /vmout/.vm/main
