#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's first process once the root is there, with run.sh -s: leaves two
# units to systemd and becomes systemd. vm-command.service runs the command when
# the boot is finished and then shuts the machine down; vm-report.service
# reports its status when all other services have stopped.
mkdir -p /run/systemd/system/default.target.wants /run/systemd/system/sysinit.target.wants
# Started first, so stopped last: what it writes covers the shutdown.
cat >/run/systemd/system/vm-report.service <<'U'
[Unit]
DefaultDependencies=no
RequiresMountsFor=/vmout
Before=sysinit.target shutdown.target
Conflicts=shutdown.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
ExecStop=/bin/sh /vmout/.vm/report
U
# Ordered after the target that wants it, so that the boot does not wait for it.
cat >/run/systemd/system/vm-command.service <<'U'
[Unit]
After=default.target
[Service]
ExecStart=/bin/sh /vmout/.vm/run
TimeoutStopSec=10s
U
ln -s ../vm-report.service /run/systemd/system/sysinit.target.wants/
ln -s ../vm-command.service /run/systemd/system/default.target.wants/

cat >/vmout/.vm/run <<'S'
export HOME=/root TERM=dumb LC_ALL=C.UTF-8 VM=1
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
	. /vmout/.vm/command
	exec "$@"
) </dev/null >/run/vmout 2>&1
echo $? >/run/vm-status
(
	sleep 1
	kill $reader 2>/dev/null
) &
wait $reader
cut -d' ' -f1 /proc/uptime >/vmout/shutdown
systemctl --no-block poweroff
S

cat >/vmout/.vm/report <<'S'
cut -d' ' -f1 /proc/uptime >>/vmout/shutdown
journalctl --no-pager -o short-monotonic >/vmout/journal
dmesg >/vmout/dmesg
cat /run/vm-status >/vmout/.vm/status
S
exec /sbin/init
