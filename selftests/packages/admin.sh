# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Runs with chroot before the packages are installed: the accounts and the shares
# of the server, which is this machine itself.

for user in fileuser carol; do
	useradd --no-create-home --shell /bin/sh "$user"
	printf 'P4ck-%s-Passw0rd\nP4ck-%s-Passw0rd\n' $user $user | smbpasswd -s -a $user
done
mkdir -p /srv/team /var/export/files /var/export/team
chmod 1777 /var/export/team
echo here >/var/export/files/data
