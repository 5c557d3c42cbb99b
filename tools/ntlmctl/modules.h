/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which modules the kernel has loaded, and which it would load.
 */
#ifndef NTLMCTL_MODULES_H
#define NTLMCTL_MODULES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/** MODULE_TEXT - bytes of a text about a module, NUL included */
#define MODULE_TEXT 128

/**
 * struct module_facts - one module, in the kernel or on the disk
 * @present: there is one
 * @path: of the file, empty for what is loaded
 * @version: MODULE_VERSION(), empty if it has none
 * @srcversion: sum of its sources, empty if it has none
 * @overlay: cifs: it logs on through ntlmd
 * @source: cifs: Debian version of the kernel source that it was made of, empty
 *	if it does not say
 */
struct module_facts {
	bool present;
	char path[PATH_MAX];
	char version[MODULE_TEXT];
	char srcversion[MODULE_TEXT];
	bool overlay;
	char source[MODULE_TEXT];
};

/** module_loaded() - what the kernel has under that name */
void module_loaded(const char *name, struct module_facts *facts);

/** module_installed() - what modprobe(8) would load under that name */
void module_installed(const char *name, struct module_facts *facts);

/**
 * module_kernel_source() - version of the source of the kernel that runs
 * @buf: receives the version of Debian's package; empty: another kernel
 * @size: its size in bytes
 */
void module_kernel_source(char *buf, size_t size);

#endif
