// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Command lines of login, logout and list.
 */
#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "config.h"
#include "control.h"
#include "duration.h"
#include "exit.h"
#include "login.h"

enum {
	OPT_STDIN = 256,
	OPT_FOR,
	OPT_VERIFY,
	OPT_ALL,
	OPT_ALL_USERS,
	OPT_SOCKET,
};

struct command {
	const char *name;
	int (*run)(const struct login_options *o);
	const char *usage;
	const char *options;	/* of the table below, by their values */
	const struct option *table;
};

static const struct option login_table[] = {
	{ "user", required_argument, NULL, 'u' },
	{ "domain", required_argument, NULL, 'd' },
	{ "target", required_argument, NULL, 't' },
	{ "expires", required_argument, NULL, 'e' },
	{ "stdin", no_argument, NULL, OPT_STDIN },
	{ "for", required_argument, NULL, OPT_FOR },
	{ "verify", no_argument, NULL, OPT_VERIFY },
	{ "json", no_argument, NULL, 'j' },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

static const struct option logout_table[] = {
	{ "user", required_argument, NULL, 'u' },
	{ "domain", required_argument, NULL, 'd' },
	{ "target", required_argument, NULL, 't' },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "all-users", no_argument, NULL, OPT_ALL_USERS },
	{ "for", required_argument, NULL, OPT_FOR },
	{ "json", no_argument, NULL, 'j' },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

static const struct option list_table[] = {
	{ "all", no_argument, NULL, OPT_ALL },
	{ "for", required_argument, NULL, OPT_FOR },
	{ "json", no_argument, NULL, 'j' },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

static const struct command commands[] = {
	{ "login", do_login,
	  "usage: ntlmctl login [-u USER] [-d DOMAIN] [-e TIME] [--stdin] [--verify]\n"
	  "                     [--for USER] [-j] SERVER|PATTERN\n"
	  "\n"
	  "  -u, --user NAME     user name, also DOMAIN\\NAME; default: the own one\n"
	  "  -d, --domain NAME   domain; default: none\n"
	  "  -t, --target NAME   instead of SERVER\n"
	  "  -e, --expires TIME  forget it after TIME, such as 8h or 2d\n"
	  "      --stdin         read the password from standard input, not the terminal\n"
	  "      --verify        try it once at the server before\n"
	  "      --for USER      for this user or uid (root)\n"
	  "  -j, --json          write JSON\n",
	  "u:d:t:e:jh", login_table },
	{ "logout", do_logout,
	  "usage: ntlmctl logout [-u USER] [-d DOMAIN] [--for USER] SERVER|PATTERN\n"
	  "       ntlmctl logout --all [-u USER] [-d DOMAIN] [--for USER]\n"
	  "       ntlmctl logout --all-users\n"
	  "\n"
	  "  -u, --user NAME    only of this user name, also DOMAIN\\NAME\n"
	  "  -d, --domain NAME  only of this domain\n"
	  "      --all          every login\n"
	  "      --all-users    every login of every user (root)\n"
	  "      --for USER     of this user or uid (root)\n"
	  "  -j, --json         write JSON\n",
	  "u:d:t:jh", logout_table },
	{ "list", do_list,
	  "usage: ntlmctl list [--all | --for USER] [-j]\n"
	  "\n"
	  "  --all        of every user (root)\n"
	  "  --for USER   of this user or uid (root)\n"
	  "  -j, --json   write JSON\n",
	  "jh", list_table },
};

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

bool login_command(const char *name)
{
	return find(name);
}

static int parse_time(const char *text, uint64_t *lifetime)
{
	uint32_t seconds;
	const char *why = duration_parse(text, &seconds);

	if (!why && !seconds)
		why = "must not be 0";
	if (why) {
		fprintf(stderr, "ntlmctl: --expires: \"%s\" %s\n", text, why);
		return EXIT_USAGE;
	}
	*lifetime = seconds;
	return EXIT_OK;
}

static int parse_for(const char *text, uint32_t *uid)
{
	struct passwd *pw;
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && n < UINT32_MAX) {
		*uid = (uint32_t)n;
		return EXIT_OK;
	}
	pw = getpwnam(text);
	if (!pw) {
		fprintf(stderr, "ntlmctl: there is no user \"%s\"\n", text);
		return EXIT_USAGE;
	}
	*uid = pw->pw_uid;
	return EXIT_OK;
}

/* "//server/share", "\\server\share" and "smb://server/share" name a server. */
static char *server_of(char *target)
{
	char *s = target;

	if (!strncasecmp(s, "smb://", 6))
		s += 6;
	else if (!strncmp(s, "//", 2) || !strncmp(s, "\\\\", 2))
		s += 2;
	else
		return target;
	s[strcspn(s, "/\\")] = '\0';
	return s;
}

static int split_user(struct login_options *o)
{
	char *backslash = o->user ? strchr(o->user, '\\') : NULL;

	if (!backslash)
		return EXIT_OK;
	if (o->domain) {
		fputs("ntlmctl: the domain is given twice\n", stderr);
		return EXIT_USAGE;
	}
	*backslash = '\0';
	o->domain = o->user;
	o->user = backslash + 1;
	return EXIT_OK;
}

static int take(struct login_options *o, int c)
{
	switch (c) {
	case 'u':
		o->user = optarg;
		return EXIT_OK;
	case 'd':
		o->domain = optarg;
		return EXIT_OK;
	case 't':
		o->target = optarg;
		return EXIT_OK;
	case 'e':
		return parse_time(optarg, &o->lifetime);
	case 'j':
		o->json = true;
		return EXIT_OK;
	case OPT_STDIN:
		o->from_stdin = true;
		return EXIT_OK;
	case OPT_FOR:
		return parse_for(optarg, &o->uid);
	case OPT_VERIFY:
		o->verify = true;
		return EXIT_OK;
	case OPT_ALL:
		o->all = true;
		return EXIT_OK;
	case OPT_ALL_USERS:
		o->all_users = true;
		return EXIT_OK;
	case OPT_SOCKET:
		o->socket = optarg;
		return EXIT_OK;
	default:
		return EXIT_USAGE;
	}
}

static bool is_complete(const struct command *command,
			const struct login_options *o)
{
	if (command->run == do_login)
		return o->target;
	if (command->run == do_logout)
		return o->target ? !o->all && !o->all_users :
				   o->all || o->all_users;
	return !o->target && !(o->all && o->uid != CONTROL_NOBODY);
}

int login_main(int argc, char **argv, bool json)
{
	struct login_options o = {
		.socket = CONFIG_CONTROL_SOCKET,
		.uid = CONTROL_NOBODY,
		.json = json,
	};
	const struct command *command = find(argv[0]);
	int c, status;

	optind = 0;
	while ((c = getopt_long(argc, argv, command->options, command->table,
				NULL)) != -1) {
		if (c == 'h') {
			fputs(command->usage, stdout);
			return EXIT_OK;
		}
		status = take(&o, c);
		if (status == EXIT_OK)
			continue;
		if (c == '?')
			fputs(command->usage, stderr);
		return status;
	}
	if (argc - optind == 1 && !o.target)
		o.target = argv[optind++];
	if (optind < argc || !is_complete(command, &o)) {
		fputs(command->usage, stderr);
		return EXIT_USAGE;
	}
	if (o.target)
		o.target = server_of(o.target);
	status = split_user(&o);
	if (status == EXIT_OK)
		status = command->run(&o);
	if (fflush(stdout) || ferror(stdout))
		status = EXIT_PROBLEM;
	return status;
}
