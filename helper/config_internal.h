/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sections of ntlmd.conf share. All functions return NULL, or static
 * text that says what is wrong with the value.
 */
#ifndef NTLMD_CONFIG_INTERNAL_H
#define NTLMD_CONFIG_INTERNAL_H

#include "config.h"

/**
 * struct config_option - a key
 * @section: its section
 * @name: the key
 * @set: takes the value
 */
struct config_option {
	const char *section;
	const char *name;
	const char *(*set)(struct config *config, const char *value);
};

/** config_acceptor_options - of section [acceptor], ended by a NULL section */
extern const struct config_option config_acceptor_options[];

const char *config_set_number(const char *value, unsigned long max,
			      unsigned long *n);
const char *config_set_bool(const char *value, bool *b);
const char *config_set_string(const char *value, char **s);
const char *config_set_key_bits(const char *value, unsigned int *bits);

/** config_acceptor_defaults() - 0, or -ENOMEM */
int config_acceptor_defaults(struct acceptor_config *acceptor);

/**
 * config_acceptor_finish() - when all of the file was read
 * @config: the configuration
 * @path: the file
 * @problems: counts what is wrong
 */
void config_acceptor_finish(struct config *config, const char *path,
			    struct problems *problems);

/** config_acceptor_free() - free what the section made */
void config_acceptor_free(struct acceptor_config *acceptor);

#endif
