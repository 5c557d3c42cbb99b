/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the options of "mount -t ntlm" to those of the kernel's SMB client.
 */
#ifndef MOUNT_NTLM_OPTIONS_H
#define MOUNT_NTLM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/** OPTIONS_ERROR_MAX - bytes of the longest message, with NUL */
#define OPTIONS_ERROR_MAX 256

/**
 * struct options - what a mount was asked for
 * @text: options for the kernel; from malloc()
 * @address: the value of ip=, if it was given; from malloc()
 */
struct options {
	char *text;
	char *address;
};

/**
 * options_translate() - check the file system's own options
 * @o: filled in; to be released with options_free() whatever the result
 * @given: options without those of mount(8) itself; may be NULL
 * @error: receives one line without a newline when something is refused; it
 *	repeats no value, for that may be a password
 *
 * Refused is all that gives, or makes somebody ask for, a password, and what
 * leads away from NTLM: then the kernel would log on in another way.  Names of
 * users and groups become numbers.  sec=ntlmssp is added if it is not there.
 *
 * Return: 0; -EINVAL with @error set; -ENOMEM.
 */
int options_translate(struct options *o, const char *given,
		      char error[OPTIONS_ERROR_MAX]);

void options_free(struct options *o);

#endif
