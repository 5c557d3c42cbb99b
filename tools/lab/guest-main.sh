#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# First process of a kernel of the lab once the root is there (run.sh puts it into
# /vmout/.lab): runs the command, reports its status and leaves.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root TERM=dumb LC_ALL=C.UTF-8 VM=1
# shellcheck source=/dev/null
. /vmout/.lab/modules
stty -F /dev/tty1 raw -echo
exec 3>/dev/tty1
# The command's output is no terminal.
mkfifo /run/vmout
cat /run/vmout >&3 &
reader=$!
(
	# shellcheck source=/dev/null
	. /vmout/.lab/command
	exec "$@"
) </dev/null >/run/vmout 2>&1 3>&-
status=$?
# All output has gone when the reader ends. A daemon that was left behind holds
# the pipe open; it is not waited for.
(
	sleep 1
	kill $reader 2>/dev/null
) &
wait $reader
# Only what is older than five seconds, and the same in two scans, is reported.
if [ -e /vmout/.lab/leaks ]; then
	leaks=/sys/kernel/debug/kmemleak
	sleep 6
	echo scan >$leaks && sleep 1 && echo scan >$leaks && cat $leaks >/vmout/kmemleak ||
		echo "kmemleak: 1 new: it cannot be asked" >/vmout/kmemleak
fi
dmesg >/vmout/dmesg
echo $status >/vmout/.lab/status
echo o >/proc/sysrq-trigger
sleep 9
