#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's first process once the root is there (run.sh puts it into
# /vmout/.vm): runs the command, reports its status and leaves.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=dumb LC_ALL=C.UTF-8 VM=1
# shellcheck source=/dev/null
. /vmout/.vm/modules
port=/dev/console
for d in /sys/class/virtio-ports/*; do
	read -r n <"$d/name" && [ "$n" = out ] && port=/dev/${d##*/}
done
# A port can be opened once only: with a pipe between, the command may open
# /dev/stdout, too.
mkfifo /run/vmout
cat /run/vmout >"$port" &
reader=$!
(
	# shellcheck source=/dev/null
	. /vmout/.vm/command
	exec "$@"
) </dev/null >/run/vmout 2>&1
status=$?
# All output has gone when the reader ends. A daemon that was left behind holds
# the pipe open; it is not waited for.
(
	sleep 1
	kill $reader 2>/dev/null
) &
wait $reader
dmesg >/vmout/dmesg
echo $status >/vmout/.vm/status
# The isa-debug-exit device: QEMU ends at once.
printf '\001' | dd of=/dev/port bs=1 seek=244 conv=notrunc 2>/dev/null
echo b >/proc/sysrq-trigger
sleep 9
