# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# All that packages could leave behind: files and the databases of users. Keys of
# DKMS are its own, and so is what smbd writes when it starts.
find -H /etc /usr /var/lib/dkms /var/lib/ntlm* /var/lib/systemd/deb-systemd-helper-* /var/cache/ntlm* /run/ntlm* \
	\( -name '__pycache__' -o -path /usr/share/doc \) -prune -o -print 2>/dev/null |
	grep -vE '^/var/lib/dkms(/mok\.(key|pub))?$|^/etc/(passwd|group|shadow|gshadow)-$|^/etc/apparmor.d/samba/smbd-shares$' | LC_ALL=C sort
cat /etc/passwd /etc/group
cut -d: -f1 /etc/shadow /etc/gshadow
