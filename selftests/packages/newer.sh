#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In the guest: the first boot of a kernel to which the machine was upgraded.
set -u
. /vmout/guest.sh
is newer-kernel-boots running "$(systemctl is-system-running --wait)"
is_ours newer-kernel-has-our-modules
mounted newer-kernel-mounts-from-fstab /srv/team
is newer-kernel-has-the-modules-version "$(dpkg-query -W -f='${Version}' ntlm-dkms)" "$(cat /sys/module/ntlm/version)"
exit "$failed"
