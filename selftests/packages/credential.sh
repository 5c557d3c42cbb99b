# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Runs when ntlmd is installed: as the README tells an administrator.
install -o root -g ntlmd -m 0640 /dev/null /etc/ntlmd/credentials.d/files.conf
cat >/etc/ntlmd/credentials.d/files.conf <<'C'
[file server]
uid = 0
target = cifs/files.example.com
user = fileuser
domain = BOOTTEST
password = P4ck-fileuser-Passw0rd
C
ntlmd --check-config
