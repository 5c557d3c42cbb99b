// SPDX-License-Identifier: GPL-2.0-or-later
#include "login.h"

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "control_client.h"
#include "exit.h"
#include "name_print.h"
#include "password.h"

static int default_user(struct login_options *o)
{
	struct passwd *pw = getpwuid(o->uid == CONTROL_NOBODY ? getuid() : o->uid);

	if (o->user)
		return EXIT_OK;
	if (!pw) {
		fputs("ntlmctl: this uid has no name: use --user\n", stderr);
		return EXIT_USAGE;
	}
	o->user = strdup(pw->pw_name);
	return o->user ? EXIT_OK : EXIT_PROBLEM;
}

static int prepare(struct control_client *c, const struct login_options *o)
{
	const struct control_request request = {
		.op = CONTROL_LOGIN,
		.uid = o->uid,
		.lifetime = o->lifetime,
	};
	int status = control_client_open(c, o->socket);

	if (status == EXIT_OK)
		status = control_client_ask(c, request, o->target, o->user,
					    o->domain);
	if (status == EXIT_OK && c->secret_fd < 0) {
		fputs("ntlmctl: ntlmd sent no memory for the secret\n", stderr);
		status = EXIT_PROBLEM;
	}
	return status;
}

/* What is wrong with names and limits is said before a password is asked. */
static int check(const struct login_options *o, struct control_client *c)
{
	int status = prepare(c, o);

	control_client_close(c);
	return status;
}

static int get_password(const struct login_options *o, struct password *p)
{
	char prompt[1100], name[512], target[512];

	if (o->from_stdin)
		return password_read(p);
	name_print(target, sizeof(target), o->target);
	snprintf(prompt, sizeof(prompt), "Password of %s for %s: ",
		 login_name(o->domain ? o->domain : "", o->user, name, sizeof(name)),
		 target);
	return password_ask(p, prompt);
}

static void show(void *arg, const struct control_row *row, const char *target,
		 const char *user, const char *domain)
{
	const struct login_options *o = arg;
	char text[64], name[2 * CONTROL_TEXT_MAX], at[CONTROL_TEXT_MAX];

	if (o->json) {
		login_json(row, target, user, domain);
		putchar('\n');
		return;
	}
	name_print(at, sizeof(at), target);
	printf("%s for %s, valid for %s%s\n",
	       login_name(domain, user, name, sizeof(name)), at,
	       duration_text(row->seconds, text, sizeof(text)),
	       row->flags & CONTROL_KEPT ? "" :
	       "; it ends with ntlmd, also when that restarts");
}

/* The hash is written to where ntlmd reads it, and nowhere else. */
static int hand_over(struct control_client *c, const struct login_options *o,
		     const struct password *p)
{
	const struct control_request commit = {
		.op = CONTROL_COMMIT,
		.uid = CONTROL_NOBODY,
	};
	enum ntlm_error e;
	uint8_t *secret;
	int status;

	secret = mmap(NULL, CONTROL_SECRET_SIZE, PROT_READ | PROT_WRITE,
		      MAP_SHARED, c->secret_fd, 0);
	if (secret == MAP_FAILED) {
		fprintf(stderr, "ntlmctl: memory for the secret: %s\n",
			strerror(errno));
		return EXIT_PROBLEM;
	}
	e = ntlm_nt_hash(p->text, p->len, secret);
	if (e) {
		fputs("ntlmctl: the password is no valid UTF-8\n", stderr);
		status = EXIT_PROBLEM;
	} else {
		status = control_client_ask(c, commit, NULL, NULL, NULL);
	}
	explicit_bzero(secret, CONTROL_SECRET_SIZE);
	munmap(secret, CONTROL_SECRET_SIZE);
	if (status == EXIT_OK)
		status = control_client_rows(c, show, (void *)o);
	return status;
}

int do_login(const struct login_options *given)
{
	struct login_options o = *given;
	struct control_client *c = NULL;
	struct password *p = NULL;
	int status;

	password_protect();
	status = default_user(&o);
	if (status != EXIT_OK)
		return status;
	c = calloc(1, sizeof(*c));
	p = password_new();
	if (!c || !p) {
		status = EXIT_PROBLEM;
		goto out;
	}
	status = check(&o, c);
	if (status == EXIT_OK)
		status = get_password(&o, p);
	if (status == EXIT_OK && o.verify)
		status = verify(&o, p);
	if (status == EXIT_OK) {
		status = prepare(c, &o);
		if (status == EXIT_OK)
			status = hand_over(c, &o, p);
		control_client_close(c);
	}
out:
	password_free(p);
	free(c);
	if (o.user != given->user)
		free(o.user);
	return status;
}
