/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exit statuses, see ntlmctl(1).
 */
#ifndef NTLMCTL_EXIT_H
#define NTLMCTL_EXIT_H

#define EXIT_OK			0
#define EXIT_PROBLEM		1
#define EXIT_USAGE		2
#define EXIT_NO_MODULE		3
#define EXIT_NO_DAEMON		4
#define EXIT_NOT_ALLOWED	5
#define EXIT_REFUSED		6
#define EXIT_NOT_VERIFIED	7
#define EXIT_WARNED		8

#endif
