// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The input is a credential file, ntlmd.credentials(5). A file with an error
 * gives no credential; one without gives whole ones. No secret stays in the text.
 */
#include "cred/cred_file.h"
#include "fuzz.h"

static void ignore(void *arg, int priority, const char *line)
{
	(void)arg;
	(void)priority;
	(void)line;
}

static void check_entry(const struct cred_entries *entries, size_t i)
{
	const struct cred_entry *e = &entries->entry[i];
	struct cred_lookup lookup = {
		.uid = e->any_uid ? 0 : e->uids[0],
		.target = "cifs/server.example.com",
	};

	MUST(e->origin && e->user && *e->user && e->domain);
	MUST(strlen(e->user) < CRED_NAME_SIZE);
	MUST(strlen(e->domain) < CRED_NAME_SIZE);
	MUST(e->any_uid || e->uid_count);
	MUST(e->targets.count);
	MUST(!e->has_lm_hash || entries->lm_hashes);
	if (target_list_match(&e->targets, lookup.target, false))
		MUST(cred_entries_find(entries, &lookup, false));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = { 0 };
	struct cred_entries entries = { 0 };
	char *text;

	if (!size)
		return 0;
	log_set_sink(ignore, NULL);
	entries.lm_hashes = data[0] & 1;
	data++;
	size--;
	/* as the daemon has it: one byte more than the text */
	text = malloc(size + 1);
	if (!text)
		return 0;
	memcpy(text, data, size);
	cred_file_parse(&entries, "file.conf", text, size, &problems);
	/* a NUL byte is an error, after which nothing is read */
	for (size_t i = 0; i < size && !memchr(data, 0, size); i++)
		MUST(!text[i] || text[i] == '\n');
	free(text);
	MUST(!problems.errors || !entries.count);
	for (size_t i = 0; i < entries.count; i++)
		check_entry(&entries, i);
	cred_entries_free(&entries);
	MUST(!entries.count);
	return 0;
}
