/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The administrator's credential files, ntlmd.credentials(5).
 */
#ifndef NTLMD_CRED_FILE_H
#define NTLMD_CRED_FILE_H

#include <sys/types.h>

#include "../secret_file.h"
#include "cred.h"

extern const struct ntlm_cred_source cred_file_source;

/**
 * struct cred_entry - one section of a file
 * @origin: "file [section]"
 * @any_uid: every uid may use it
 * @uids: those that may, @uid_count of them
 * @targets: what it may be used for
 * @user: user name
 * @domain: domain, empty if there is none
 * @nt_hash: secret
 * @has_lm_hash: @lm_hash is set
 * @lm_hash: secret
 */
struct cred_entry {
	char *origin;
	bool any_uid;
	uint32_t *uids;
	size_t uid_count;
	struct target_list targets;
	char *user;
	char *domain;
	uint8_t nt_hash[NTLM_HASH_SIZE];
	bool has_lm_hash;
	uint8_t lm_hash[NTLM_HASH_SIZE];
};

/**
 * struct cred_entries - sections in the order of search
 * @entry: @count of them
 * @lm_hashes: set by the caller: LM hashes are kept, and passwords give one
 */
struct cred_entries {
	struct cred_entry *entry;
	size_t count;
	bool lm_hashes;
};

/** cred_uses_lm_hash() - does policy send a response that needs an LM hash? */
bool cred_uses_lm_hash(const struct config *config);

/**
 * cred_entry_give() - answer a search with a section
 * @lookup: the search
 * @entry: the section, or NULL to let the next source search
 */
void cred_entry_give(struct cred_lookup *lookup, const struct cred_entry *entry);

/**
 * cred_file_parse() - parse the text of one file
 * @entries: sections are appended, or none if anything is wrong
 * @path: name of the file, for logs
 * @text: the contents, @len + 1 bytes of memory; wiped line by line as it is
 *	read
 * @len: length of the text in bytes
 * @problems: counts what is wrong; each error is logged with its line
 */
void cred_file_parse(struct cred_entries *entries, const char *path, char *text,
		     size_t len, struct problems *problems);

/**
 * cred_file_read() - read and parse one file that is trusted
 * @entries: as for cred_file_parse()
 * @fd: the file
 * @path: its name, for logs
 * @problems: counts what is wrong; each error is logged
 */
void cred_file_read(struct cred_entries *entries, int fd, const char *path,
		    struct problems *problems);

/**
 * cred_file_load() - read a directory of files
 * @entries: receives the sections of all "*.conf" files, in the order of the
 *	files' names. A file with any error gives none.
 * @dir: path of the directory
 * @owner: who must own directory and files
 * @problems: counts what is wrong; each error is logged with its fix
 */
void cred_file_load(struct cred_entries *entries, const char *dir,
		    const struct secret_owner *owner,
		    struct problems *problems);

/**
 * cred_entries_find() - the first section that fits
 * @entries: sections
 * @lookup: what is wanted
 * @allow_unverified: wildcards match unverified targets
 *
 * Return: the section, or NULL.
 */
const struct cred_entry *cred_entries_find(const struct cred_entries *entries,
					   const struct cred_lookup *lookup,
					   bool allow_unverified);

/** cred_entries_free() - wipe and free all sections; @lm_hashes is reset */
void cred_entries_free(struct cred_entries *entries);

/**
 * cred_file_owner() - root and the group of the account ntlmd runs as
 * @config: names the account
 * @owner: receives the result
 *
 * Started by root, the group is that account's; otherwise it is the group of
 * this process.
 *
 * Return: 0; -ENOENT if there is no such account; -ENAMETOOLONG if the name of
 * its group has SECRET_GROUP_SIZE bytes or more.
 */
int cred_file_owner(const struct config *config, struct secret_owner *owner);

#endif
