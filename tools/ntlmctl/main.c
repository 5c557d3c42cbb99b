// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ntlmctl: what the kernel's NTLM contexts and their helper do.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "client.h"
#include "login.h"
#include "show.h"
#include "status.h"

#ifndef NTLMCTL_VERSION
#define NTLMCTL_VERSION "unknown"
#endif

struct settings {
	bool json;
	bool verbose;
	unsigned int rows;
};

static void usage(FILE *to)
{
	fputs("usage: ntlmctl [-v] [--json] status | stats | contexts | monitor\n"
	      "       ntlmctl login | logout | list [--help] ...\n"
	      "       ntlmctl --help | --version\n"
	      "\n"
	      "  status    modules, helper, their versions, and what does not fit\n"
	      "  stats     counters\n"
	      "  contexts  live contexts\n"
	      "  monitor   follow what happens to contexts, until Ctrl-C\n"
	      "  login     give ntlmd a password for a server\n"
	      "  logout    take it away\n"
	      "  list      what ntlmd has of you\n"
	      "\n"
	      "  -j, --json     JSON; monitor: one object a line\n"
	      "  -v, --verbose  negotiated flags by name\n"
	      "  -h, --help     show this text\n"
	      "  -V, --version  show the version\n"
	      "\n"
	      "Exit status: 0, 1 for a problem (status: no helper), 2 for wrong\n"
	      "usage, 3 if the module is not loaded, others: see ntlmctl(1).\n", to);
}

static void context_row(void *arg, struct nlattr **tb)
{
	struct settings *s = arg;

	if (s->json) {
		fputs(s->rows++ ? ",\n " : "[", stdout);
		show_context_json(tb);
		return;
	}
	if (!s->rows++)
		show_context_header();
	show_context(tb, s->verbose);
}

static int do_contexts(struct client *c, struct settings *s)
{
	int status = client_get(c, NTLM_CMD_CONTEXT_GET, context_row, s);

	/* what has begun ends, whatever happens on the way */
	if (s->json && s->rows)
		puts("]");
	else if (s->json && status == EXIT_OK)
		puts("[]");
	else if (!s->rows && status == EXIT_OK)
		puts("no contexts");
	return status;
}

static void event_row(void *arg, struct nlattr **tb)
{
	struct settings *s = arg;

	if (!tb[NTLM_A_CONTEXT_EVENT])
		return;
	if (s->json) {
		show_context_json(tb);
		putchar('\n');
	} else {
		show_event(tb, s->verbose);
	}
	fflush(stdout);
}

static void monitor_ready(void *arg)
{
	struct settings *s = arg;

	if (!s->json)
		fputs("ntlmctl: listening, Ctrl-C ends\n", stderr);
}

static int do_monitor(struct client *c, struct settings *s)
{
	sigset_t set;
	int fd, status;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "ntlmctl: signalfd: %s\n", strerror(errno));
		return EXIT_PROBLEM;
	}
	status = client_follow(c, fd, monitor_ready, event_row, s);
	close(fd);
	return status;
}

static int do_counters(struct client *c, struct settings *s)
{
	return do_stats(c, s->json);
}

static const struct {
	const char *name;
	int (*run)(struct client *c, struct settings *s);
} verbs[] = {
	{ "status", NULL },
	{ "stats", do_counters },
	{ "contexts", do_contexts },
	{ "monitor", do_monitor },
};

static int run(const char *verb, struct settings *s)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		struct client client;
		int status;

		if (strcmp(verbs[i].name, verb))
			continue;
		status = client_open(&client);
		if (!verbs[i].run)
			status = do_status(&client, status, s->json);
		else if (status == EXIT_OK)
			status = verbs[i].run(&client, s);
		client_close(&client);
		if (fflush(stdout) || ferror(stdout))
			status = EXIT_PROBLEM;
		return status;
	}
	fprintf(stderr, "ntlmctl: there is no command \"%s\"\n", verb);
	usage(stderr);
	return EXIT_USAGE;
}

/* The status to exit with, or -1 to go on at optind. */
static int take_options(int argc, char **argv, struct settings *s)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 }
	};
	int c;

	while ((c = getopt_long(argc, argv, "jvhV", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			s->json = true;
			break;
		case 'v':
			s->verbose = true;
			break;
		case 'h':
			usage(stdout);
			return EXIT_OK;
		case 'V':
			puts("ntlmctl " NTLMCTL_VERSION);
			return EXIT_OK;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct settings s = { 0 };
	int verb = 1, status;
	bool is_login;

	/* these have options of their own, behind what all have */
	while (verb < argc && *argv[verb] == '-')
		verb++;
	is_login = verb < argc && login_command(argv[verb]);
	status = take_options(is_login ? verb : argc, argv, &s);
	if (status >= 0)
		return status;
	if (is_login && optind == verb)
		return login_main(argc - verb, argv + verb, s.json);
	if (is_login || argc - optind != 1) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return run(argv[optind], &s);
}
