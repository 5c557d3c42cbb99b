#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In the guest: the overlay was refused for this kernel.
set -u
. /vmout/guest.sh
systemctl is-system-running --wait >/dev/null
is mismatch-boots active "$(systemctl show --value -p ActiveState default.target)"
is mismatch-fails-the-mount-of-fstab failed "$(systemctl show --value -p ActiveState srv-team.mount)"
connections() { awk '/^Tcp: [0-9]/ { print $6 }' /proc/net/snmp; }
before=$(connections)
mount /srv/team >/tmp/out 2>&1
is mismatch-mount-fails 1 $(($? != 0))
sed 's/^/# /' /tmp/out
grep -q 'no module cifs that knows ntlmd was built for kernel.*match_session is not as reviewed' /tmp/out
result $? mismatch-mount-says-why
grep -q 'apt-get install ntlm-cifs-dkms' /tmp/out
result $? mismatch-mount-says-what-to-do
is mismatch-mount-is-one-line 1 "$(wc -l </tmp/out)"
ntlmctl status >/tmp/status 2>&1
is mismatch-status-exits-with-a-warning 8 $?
sed 's/^/# /' /tmp/status
grep -q '^ntlmctl: no cifs that knows ntlmd was built for kernel.*match_session is not as reviewed' /tmp/status
result $? mismatch-status-says-why
is mismatch-sends-no-logon "$before" "$(connections)"
is mismatch-has-the-stock-client "/lib/modules/$(uname -r)/kernel/cifs.ko" "$(modinfo -n cifs)"
mount -t cifs -o username=fileuser,domain=BOOTTEST,password=P4ck-fileuser-Passw0rd //files.example.com/team /mnt &&
	echo stock >/mnt/stock && umount /mnt
is mismatch-stock-client-mounts-with-a-password stock "$(cat /var/export/team/stock)"
is mismatch-stock-client-is-loaded '' "$(cat /sys/module/cifs/taint)"
exit "$failed"
