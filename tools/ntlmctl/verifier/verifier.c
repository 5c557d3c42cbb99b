// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ntlmctl-verify SERVER: try user name, domain and password, three lines of
 * standard input, once at an SMB server: NTLM only, no guest, nobody anonymous.
 * For "ntlmctl login --verify", which does without Samba's libraries.
 *
 * Exit status: 0 accepted, 6 refused, 7 the server could not be asked, 1 another
 * problem, 2 wrong usage.
 */
#include <errno.h>
#include <fcntl.h>
#include <libsmbclient.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../exit.h"

#define LINE_SIZE	2048
#define TIMEOUT_MS	20000
/* a named pipe that every SMB server has */
#define PIPE		"IPC$/srvsvc"
/*
 * The library gives an errno and no more: these lines of its log say what a
 * logon came to.
 */
#define LOG_LEVEL	4
#define LOG_ACCEPTED	" session setup ok"
#define LOG_REFUSED	"SPNEGO login failed: "

struct secret {
	char user[LINE_SIZE];
	char domain[LINE_SIZE];
	char password[LINE_SIZE];
};

static struct secret *secret;
static bool accepted;
static char reason[256];

static bool read_line(char *line)
{
	size_t len;

	for (len = 0; len < LINE_SIZE; len++) {
		if (read(STDIN_FILENO, line + len, 1) != 1)
			return false;
		if (line[len] == '\n') {
			line[len] = '\0';
			return true;
		}
	}
	return false;
}

static void authenticate(SMBCCTX *ctx, const char *server, const char *share,
			 char *workgroup, int workgroup_size, char *user,
			 int user_size, char *password, int password_size)
{
	(void)ctx;
	(void)server;
	(void)share;
	snprintf(workgroup, (size_t)workgroup_size, "%s", secret->domain);
	snprintf(user, (size_t)user_size, "%s", secret->user);
	snprintf(password, (size_t)password_size, "%s", secret->password);
}

static void on_log(void *private, int level, const char *text)
{
	const char *at = strstr(text, LOG_REFUSED);

	(void)private;
	(void)level;
	if (strstr(text, LOG_ACCEPTED))
		accepted = true;
	if (!at)
		return;
	snprintf(reason, sizeof(reason), "%s", at + strlen(LOG_REFUSED));
	reason[strcspn(reason, "\n")] = '\0';
}

static SMBCCTX *make_context(void)
{
	SMBCCTX *ctx = smbc_new_context();

	if (!ctx)
		return NULL;
	smbc_setOptionUseKerberos(ctx, 0);
	smbc_setOptionFallbackAfterKerberos(ctx, 0);
	smbc_setOptionNoAutoAnonymousLogin(ctx, 1);
	smbc_setOptionUseCCache(ctx, 0);
	smbc_setOptionUrlEncodeReaddirEntries(ctx, 0);
	smbc_setOptionDebugToStderr(ctx, 1);
	smbc_setTimeout(ctx, TIMEOUT_MS);
	smbc_setFunctionAuthDataWithContext(ctx, authenticate);
	if (smbc_init_context(ctx))
		return ctx;
	smbc_free_context(ctx, 0);
	return NULL;
}

/* What comes after the logon, such as a pipe that may not be opened, is no matter. */
static int judge(const char *server, bool opened, int error)
{
	if (opened || accepted) {
		fprintf(stderr, "ntlmctl: %s accepted the password\n", server);
		return EXIT_OK;
	}
	if (error == EACCES || error == EPERM) {
		fprintf(stderr, "ntlmctl: %s refused the logon: %s\n", server,
			*reason ? reason : strerror(error));
		return EXIT_REFUSED;
	}
	fprintf(stderr, "ntlmctl: %s could not be asked: %s\n", server,
		*reason ? reason : strerror(error));
	return EXIT_NOT_VERIFIED;
}

static int try_once(const char *server)
{
	SMBCCTX *ctx = make_context();
	char url[1024];
	SMBCFILE *file;
	int status;

	if (!ctx) {
		fprintf(stderr, "ntlmctl: Samba's client library does not start: %s\n",
			strerror(errno));
		return EXIT_PROBLEM;
	}
	smbc_setLogCallback(ctx, NULL, on_log);
	smbc_setDebug(ctx, LOG_LEVEL);
	snprintf(url, sizeof(url), "smb://%s/" PIPE, server);
	file = smbc_getFunctionOpen(ctx)(ctx, url, O_RDWR, 0);
	status = judge(server, file, errno);
	if (file)
		smbc_getFunctionClose(ctx)(ctx, file);
	smbc_free_context(ctx, 1);
	return status;
}

int main(int argc, char **argv)
{
	const struct rlimit none = { 0, 0 };
	int status;

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	/* nothing of a URL but the host */
	if (argc != 2 || argv[1][strcspn(argv[1], "/@:?%\\")]) {
		fputs("ntlmctl: --verify needs the name or IPv4 address of a server\n",
		      stderr);
		return EXIT_USAGE;
	}
	/* the library has copies of its own, which end with this process */
	secret = calloc(1, sizeof(*secret));
	if (!secret)
		return EXIT_PROBLEM;
	mlock(secret, sizeof(*secret));
	if (read_line(secret->user) && read_line(secret->domain) &&
	    read_line(secret->password))
		status = try_once(argv[1]);
	else
		status = EXIT_USAGE;
	explicit_bzero(secret, sizeof(*secret));
	free(secret);
	return status;
}
