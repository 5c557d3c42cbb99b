// SPDX-License-Identifier: GPL-2.0-or-later
#include "modules.h"

#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* a parameter of the cifs that logs on through ntlmd */
#define OVERLAY "ntlm_overlay"

static bool read_line(const char *name, const char *file, char *buf, size_t size)
{
	char path[PATH_MAX];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "/sys/module/%s/%s", name, file);
	f = fopen(path, "re");
	if (!f)
		return false;
	ok = fgets(buf, (int)size, f);
	if (!ok)
		*buf = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	fclose(f);
	return true;
}

void module_loaded(const char *name, struct module_facts *m)
{
	char path[PATH_MAX];

	*m = (struct module_facts){ 0 };
	snprintf(path, sizeof(path), "/sys/module/%s", name);
	if (access(path, F_OK) < 0)
		return;
	m->present = true;
	read_line(name, "version", m->version, sizeof(m->version));
	read_line(name, "srcversion", m->srcversion, sizeof(m->srcversion));
	m->overlay = read_line(name, "parameters/" OVERLAY, m->source,
			       sizeof(m->source));
}

static void take_info(const char *key, const char *value, struct module_facts *m)
{
	if (!strcmp(key, "version")) {
		snprintf(m->version, sizeof(m->version), "%s", value);
	} else if (!strcmp(key, "srcversion")) {
		snprintf(m->srcversion, sizeof(m->srcversion), "%s", value);
	} else if (!strcmp(key, "ntlm_source")) {
		snprintf(m->source, sizeof(m->source), "%s", value);
	} else if (!strcmp(key, "parm") &&
		   !strncmp(value, OVERLAY ":", sizeof(OVERLAY))) {
		m->overlay = true;
	}
}

static void read_file(struct kmod_module *mod, struct module_facts *m)
{
	const char *path = kmod_module_get_path(mod);
	struct kmod_list *info = NULL, *i;

	if (!path)
		return;
	m->present = true;
	snprintf(m->path, sizeof(m->path), "%s", path);
	if (kmod_module_get_info(mod, &info) < 0)
		return;
	kmod_list_foreach(i, info)
		take_info(kmod_module_info_get_key(i),
			  kmod_module_info_get_value(i), m);
	kmod_module_info_free_list(info);
}

void module_installed(const char *name, struct module_facts *m)
{
	struct kmod_list *found = NULL;
	struct kmod_module *mod;
	struct kmod_ctx *ctx;

	*m = (struct module_facts){ 0 };
	ctx = kmod_new(NULL, NULL);
	if (!ctx)
		return;
	if (kmod_module_new_from_lookup(ctx, name, &found) >= 0 && found) {
		mod = kmod_module_get_module(found);
		read_file(mod, m);
		kmod_module_unref(mod);
	}
	kmod_module_unref_list(found);
	kmod_unref(ctx);
}

void module_kernel_source(char *buf, size_t size)
{
	static const char before[] = " Debian ";
	struct utsname name;
	const char *at;

	*buf = '\0';
	if (uname(&name) < 0)
		return;
	at = strstr(name.version, before);
	if (!at)
		return;
	at += sizeof(before) - 1;
	snprintf(buf, size, "%.*s", (int)strcspn(at, " "), at);
}
