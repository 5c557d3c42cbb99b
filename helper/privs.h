/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the process keeps of its rights, and how its memory is protected.
 */
#ifndef NTLMD_PRIVS_H
#define NTLMD_PRIVS_H

/**
 * privs_protect_memory() - keep secrets out of swap and core dumps
 *
 * Called first, with the rights the process was started with. What does not
 * work is logged loudly and is no failure.
 */
void privs_protect_memory(void);

/**
 * privs_drop() - become an ordinary user with CAP_NET_ADMIN
 * @user: account to become when started by root
 *
 * Started as another user, the process keeps that user and gives up every
 * capability but CAP_NET_ADMIN.
 *
 * Return: 0; -ENOENT if there is no such account; -EPERM if CAP_NET_ADMIN
 * is missing; or another negative errno. It is logged.
 */
int privs_drop(const char *user);

/**
 * privs_seccomp() - allow the system calls that serving needs, and no others
 *
 * Others fail with EPERM, and the audit log tells. Called when everything is
 * open.
 *
 * Return: 0, or a negative errno, logged.
 */
int privs_seccomp(void);

/**
 * privs_filter() - the rules of privs_seccomp()
 * @ctx: filter of libseccomp, for any architecture, to which they are added
 *
 * Return: 0, or a negative errno.
 */
int privs_filter(void *ctx);

#endif
