// SPDX-License-Identifier: GPL-2.0-or-later
#include "status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "config.h"
#include "control_client.h"
#include "json.h"
#include "modules.h"
#include "show.h"
#include "smb_refusal.h"

#define WARNINGS_MAX 8
#define WARNING_SIZE (SMB_REFUSAL_SIZE + 256)

/* what builds the SMB client that asks ntlmd: the package, or the source */
#define BUILD_CIFS "as root: /usr/lib/ntlm-cifs-dkms/update; from the source: make smb && make install"

static const char *const features[] = {
	"initiator", "acceptor", "connectionless", "spnego", "legacy",
};

#define FEATURES (sizeof(features) / sizeof(features[0]))

struct counters {
	bool known;
	uint64_t value[NTLM_A_STATS_MAX + 1];
};

struct status {
	struct counters counters;
	struct module_facts ntlm, ntlm_file, cifs, cifs_file;
	struct utsname kernel;
	char source[MODULE_TEXT];
	char helper_version[MODULE_TEXT];
	unsigned int warnings;
	char warning[WARNINGS_MAX][WARNING_SIZE];
};

static void take_counters(void *arg, struct nlattr **tb)
{
	struct counters *c = arg;

	c->known = true;
	for (int i = 0; i <= NTLM_A_STATS_MAX; i++)
		c->value[i] = show_u64(tb[i]);
}

static uint32_t counter(const struct status *s, int attr)
{
	return (uint32_t)s->counters.value[attr];
}

__attribute__((format(printf, 2, 3)))
static void warn(struct status *s, const char *fmt, ...)
{
	va_list ap;

	if (s->warnings == WARNINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(s->warning[s->warnings++], sizeof(s->warning[0]), fmt, ap);
	va_end(ap);
}

/* --- what does not fit together ------------------------------------------ */

static void judge_helper(struct status *s)
{
	uint32_t lacks = counter(s, NTLM_A_STATS_FEATURES) &
			 ~counter(s, NTLM_A_STATS_HELPER_FEATURES);

	if (!s->counters.value[NTLM_A_STATS_HELPER_PID]) {
		warn(s, "no helper is registered, so no client can authenticate; as root: systemctl restart ntlmd");
		return;
	}
	for (size_t i = 0; i < FEATURES; i++)
		if (lacks & UINT32_C(1) << i)
			warn(s, "the helper that is running lacks the feature \"%s\" of the module: upgrade and restart ntlmd",
			     features[i]);
}

static void judge_ntlm(struct status *s)
{
	if (s->ntlm.present && s->ntlm_file.present && *s->ntlm.srcversion &&
	    *s->ntlm_file.srcversion &&
	    strcmp(s->ntlm.srcversion, s->ntlm_file.srcversion))
		warn(s, "the module ntlm that is loaded is not the installed one (%s): it stays until the next boot, or until all that uses it has ended and rmmod ntlm",
		     s->ntlm_file.path);
}

static void judge_source(struct status *s, const struct module_facts *m,
			 const char *which)
{
	int order;

	if (!m->overlay || !*m->source || !*s->source)
		return;
	order = strverscmp(m->source, s->source);
	if (order)
		warn(s, "the cifs that is %s was made of the kernel source %s, which is %s than that of the running kernel, %s: build it again, " BUILD_CIFS,
		     which, m->source, order < 0 ? "older" : "newer", s->source);
}

/* Was the SMB client that asks ntlmd not built for the running kernel? */
static bool judge_refusal(struct status *s)
{
	char why[SMB_REFUSAL_SIZE];

	if (s->cifs_file.overlay || !smb_refusal(s->kernel.release, why))
		return false;
	warn(s, "no cifs that knows ntlmd was built for kernel %s: %s",
	     s->kernel.release, why);
	return true;
}

static void judge_cifs(struct status *s)
{
	bool refused = judge_refusal(s);

	judge_source(s, &s->cifs, "loaded");
	judge_source(s, &s->cifs_file, "installed");
	if (!s->cifs.present || s->cifs.overlay)
		return;
	if (s->cifs_file.overlay)
		warn(s, "the distribution's cifs is loaded, which does not know ntlmd: umount all SMB shares and rmmod cifs; the next mount loads %s",
		     s->cifs_file.path);
	else if (!refused)
		warn(s, "the distribution's cifs is loaded, which does not know ntlmd, and for the running kernel no other one is installed; " BUILD_CIFS);
}

/* --- for a person ---------------------------------------------------------- */

static void print_versions(const struct module_facts *m)
{
	if (*m->version)
		printf(", version %s", m->version);
	if (*m->srcversion)
		printf(", srcversion %s", m->srcversion);
}

static void print_features(uint32_t bits)
{
	fputs(", features", stdout);
	for (size_t i = 0; i < FEATURES; i++)
		if (bits & UINT32_C(1) << i)
			printf(" %s", features[i]);
}

static void print_helper(const struct status *s)
{
	uint64_t pid = s->counters.value[NTLM_A_STATS_HELPER_PID];

	if (!s->counters.known)
		return;
	if (!pid) {
		puts("helper: none");
		return;
	}
	printf("helper: registered, pid %" PRIu64 ", version %s", pid,
	       *s->helper_version ? s->helper_version : "unknown");
	print_features(counter(s, NTLM_A_STATS_HELPER_FEATURES));
	putchar('\n');
}

static void print_cifs(const struct module_facts *m, const char *which)
{
	printf("cifs, %s: ", which);
	if (!m->present)
		puts("none");
	else if (!m->overlay)
		printf("%s%sthe distribution's, which does not know ntlmd\n",
		       m->path, *m->path ? ", " : "");
	else
		printf("%s%slogs on through ntlmd, made of source %s\n", m->path,
		       *m->path ? ", " : "", *m->source ? m->source : "unknown");
}

static void print_status(const struct status *s)
{
	printf("module: %s", s->ntlm.present ? "loaded" : "not loaded");
	print_versions(&s->ntlm);
	if (s->counters.known)
		print_features(counter(s, NTLM_A_STATS_FEATURES));
	putchar('\n');
	printf("module, installed: %s",
	       s->ntlm_file.present ? s->ntlm_file.path : "none");
	print_versions(&s->ntlm_file);
	putchar('\n');
	print_helper(s);
	printf("kernel: %s, source %s\n", s->kernel.release,
	       *s->source ? s->source : "unknown");
	print_cifs(&s->cifs, "loaded");
	print_cifs(&s->cifs_file, "installed");
	if (s->counters.known)
		printf("contexts: %" PRIu64 ", requests waiting: %" PRIu64 ", with the helper: %" PRIu64 "\n",
		       s->counters.value[NTLM_A_STATS_CONTEXTS],
		       s->counters.value[NTLM_A_STATS_QUEUED],
		       s->counters.value[NTLM_A_STATS_ACCEPTED]);
}

/* --- for a program ----------------------------------------------------------- */

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

static void json_versions(const struct module_facts *m)
{
	json_text("version", or_null(m->version));
	fputs(", ", stdout);
	json_text("srcversion", or_null(m->srcversion));
}

static void json_module(const struct status *s)
{
	printf("{\"module\": {\"loaded\": %s, ",
	       s->ntlm.present ? "true" : "false");
	json_versions(&s->ntlm);
	fputs(", \"features\": ", stdout);
	json_names(counter(s, NTLM_A_STATS_FEATURES), features, FEATURES);
	fputs(", \"installed\": ", stdout);
	if (s->ntlm_file.present) {
		putchar('{');
		json_text("path", s->ntlm_file.path);
		fputs(", ", stdout);
		json_versions(&s->ntlm_file);
		putchar('}');
	} else {
		fputs("null", stdout);
	}
	putchar('}');
}

static void json_helper(const struct status *s)
{
	fputs(",\n \"helper\": ", stdout);
	if (!s->counters.value[NTLM_A_STATS_HELPER_PID]) {
		fputs("null", stdout);
		return;
	}
	printf("{\"pid\": %" PRIu64 ", \"port\": %" PRIu64 ", ",
	       s->counters.value[NTLM_A_STATS_HELPER_PID],
	       s->counters.value[NTLM_A_STATS_HELPER_PORT]);
	json_text("version", or_null(s->helper_version));
	fputs(", \"features\": ", stdout);
	json_names(counter(s, NTLM_A_STATS_HELPER_FEATURES), features, FEATURES);
	putchar('}');
}

static void json_cifs(const struct module_facts *m, const char *which)
{
	printf("\"%s\": ", which);
	if (!m->present) {
		fputs("null", stdout);
		return;
	}
	putchar('{');
	if (*m->path) {
		json_text("path", m->path);
		fputs(", ", stdout);
	}
	printf("\"overlay\": %s, ", m->overlay ? "true" : "false");
	json_text("source", or_null(m->source));
	putchar('}');
}

static void json_counters(const struct counters *c)
{
	for (const struct stats_name *n = stats_names; n->json; n++)
		printf("%s\"%s\": %" PRIu64, n == stats_names ? "{" : ", ",
		       n->json, c->value[n->attr]);
	putchar('}');
}

static void json_status(const struct status *s)
{
	json_module(s);
	json_helper(s);
	fputs(",\n \"kernel\": {", stdout);
	json_text("release", s->kernel.release);
	fputs(", ", stdout);
	json_text("source", or_null(s->source));
	fputs("},\n \"cifs\": {", stdout);
	json_cifs(&s->cifs, "loaded");
	fputs(", ", stdout);
	json_cifs(&s->cifs_file, "installed");
	fputs("},\n \"counters\": ", stdout);
	if (s->counters.known)
		json_counters(&s->counters);
	else
		fputs("null", stdout);
	fputs(",\n \"warnings\": [", stdout);
	for (unsigned int i = 0; i < s->warnings; i++) {
		if (i)
			fputs(", ", stdout);
		json_string(s->warning[i]);
	}
	puts("]}");
}

/* --- the commands ------------------------------------------------------------ */

static int verdict(const struct status *s, int open)
{
	if (open != EXIT_OK)
		return open;
	if (!s->counters.value[NTLM_A_STATS_HELPER_PID])
		return EXIT_PROBLEM;
	return s->warnings ? EXIT_WARNED : EXIT_OK;
}

int do_status(struct client *c, int open, bool json)
{
	struct status s = { 0 };
	uint64_t pid;

	if (open == EXIT_OK)
		open = client_get(c, NTLM_CMD_STATS_GET, take_counters,
				  &s.counters);
	else if (open != EXIT_NO_MODULE)
		return open;
	module_loaded("ntlm", &s.ntlm);
	module_installed("ntlm", &s.ntlm_file);
	module_loaded("cifs", &s.cifs);
	module_installed("cifs", &s.cifs_file);
	uname(&s.kernel);
	module_kernel_source(s.source, sizeof(s.source));
	pid = s.counters.value[NTLM_A_STATS_HELPER_PID];
	if (pid)
		control_client_version(CONFIG_CONTROL_SOCKET, (pid_t)pid,
				       s.helper_version, sizeof(s.helper_version));
	if (s.counters.known)
		judge_helper(&s);
	judge_ntlm(&s);
	judge_cifs(&s);
	if (json)
		json_status(&s);
	else
		print_status(&s);
	fflush(stdout);
	for (unsigned int i = 0; i < s.warnings; i++)
		fprintf(stderr, "ntlmctl: %s\n", s.warning[i]);
	return verdict(&s, open);
}

int do_stats(struct client *c, bool json)
{
	struct counters counters = { 0 };
	int status = client_get(c, NTLM_CMD_STATS_GET, take_counters, &counters);

	if (status != EXIT_OK)
		return status;
	if (json) {
		json_counters(&counters);
		putchar('\n');
		return EXIT_OK;
	}
	for (const struct stats_name *n = stats_names; n->json; n++)
		printf("%12" PRIu64 "  %s\n", counters.value[n->attr], n->text);
	return EXIT_OK;
}
