// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Exchanges of contexts in the kernel (/dev/ntlm_test).
 *
 *	winbind_exchange [-m BITS] [-b] client UID TARGET
 *		a client of this uid with Samba's acceptor, ntlm_auth(1). -b: with
 *		mandatory channel bindings
 *	winbind_exchange [-s] server UID TARGET
 *		a client of this uid with a server in the kernel of the same target;
 *		-s: in SPNEGO
 *
 * Prints one line: "negotiate=ERRNO", "authenticate=ERRNO", then what the server
 * said: of ntlm_auth "server=AF|NA... key=same|other", of the kernel "accept=ERRNO
 * ntstatus=NUMBER user=DOMAIN\USER sids=NUMBER sid=FIRST messages=ERRNO", and
 * "ms=NUMBER".
 */
#include <errno.h>
#include <inttypes.h>
#include <nettle/base64.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/driver.h"
#include "../lib/tap.h"

#define PROTECT (NTLM_OPT_INTEGRITY | NTLM_OPT_CONFIDENTIALITY)
#define LINE_SIZE (4 + BASE64_ENCODE_RAW_LENGTH(NTLM_MAX_TOKEN) + 2)

struct ntlm_auth {
	FILE *to;
	FILE *from;
	char line[LINE_SIZE];
};

static uint8_t token[NTLM_MAX_TOKEN], answer[NTLM_MAX_TOKEN];

static void ntlm_auth_start(struct ntlm_auth *a)
{
	int to[2], from[2];

	if (pipe(to) < 0 || pipe(from) < 0)
		FAIL("pipe: %m");
	switch (fork()) {
	case -1:
		FAIL("fork: %m");
	case 0:
		dup2(to[0], 0);
		dup2(from[1], 1);
		close(to[1]);
		close(from[0]);
		execlp("ntlm_auth", "ntlm_auth",
		       "--helper-protocol=squid-2.5-ntlmssp", NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	a->to = fdopen(to[1], "w");
	a->from = fdopen(from[0], "r");
}

static const char *ntlm_auth_ask(struct ntlm_auth *a, const char *order,
				 const uint8_t *data, size_t len)
{
	static char text[LINE_SIZE];
	size_t n;

	base64_encode_raw(text, len, data);
	text[BASE64_ENCODE_RAW_LENGTH(len)] = '\0';
	fprintf(a->to, "%s%s%s\n", order, len ? " " : "", len ? text : "");
	fflush(a->to);
	if (!fgets(a->line, sizeof(a->line), a->from))
		FAIL("ntlm_auth ended");
	n = strcspn(a->line, "\n");
	a->line[n] = '\0';
	return a->line;
}

static size_t from_base64(const char *text, uint8_t *out, size_t size)
{
	struct base64_decode_ctx ctx;
	size_t len = size;

	if (BASE64_DECODE_LENGTH(strlen(text)) > size)
		FAIL("ntlm_auth says too much");
	base64_decode_init(&ctx);
	if (!base64_decode_update(&ctx, &len, out, strlen(text), text) ||
	    !base64_decode_final(&ctx))
		FAIL("ntlm_auth speaks no base64: %s", text);
	return len;
}

static const char *name(int error)
{
	return error ? strerrorname_np(-error) : "0";
}

/* Returns false if the client failed. */
static bool step(int fd, const char *what, const void *in, size_t in_len,
		 size_t *len, int want)
{
	int e = drv_exchange(fd, in, in_len, token, len);

	printf("%s=%s ", what, name(e));
	return e == want;
}

static void with_ntlm_auth(int client)
{
	struct ntlm_auth a;
	struct ntlm_test_info info;
	uint8_t key[64];
	const char *said;
	size_t len;

	if (!step(client, "negotiate", NULL, 0, &len, -EINPROGRESS))
		return;
	ntlm_auth_start(&a);
	said = ntlm_auth_ask(&a, "YR", token, len);
	if (strncmp(said, "TT ", 3))
		FAIL("no challenge: %s", said);
	len = from_base64(said + 3, answer, sizeof(answer));
	if (!step(client, "authenticate", answer, len, &len, 0))
		return;
	said = ntlm_auth_ask(&a, "KK", token, len);
	printf("server=%s ", said);
	if (strncmp(said, "AF ", 3))
		return;
	said = ntlm_auth_ask(&a, "GK", NULL, 0);
	info = drv_info(client);
	if (strncmp(said, "GK ", 3))
		FAIL("no key: %s", said);
	len = from_base64(said + 3, key, sizeof(key));
	printf("key=%s ", !info.key_result && len == sizeof(info.key) &&
	       !memcmp(key, info.key, len) ? "same" : "other");
	fclose(a.to);
	wait(NULL);
}

/* A message each way, sealed. */
static int talk(int client, int server)
{
	char text[] = "what the client says";
	uint8_t sig[16] = { 0 };
	int e = drv_seal(client, text, sizeof(text), sig);

	if (!e)
		e = drv_unseal(server, text, sizeof(text), sig);
	if (!e && strcmp(text, "what the client says"))
		e = -EILSEQ;
	memset(sig, 0, sizeof(sig));
	if (!e)
		e = drv_seal(server, text, sizeof(text), sig);
	if (!e)
		e = drv_unseal(client, text, sizeof(text), sig);
	if (!e && strcmp(text, "what the client says"))
		e = -EILSEQ;
	return e;
}

static void with_kernel(int client, const char *target, bool spnego)
{
	const struct drv_params params = {
		.target = target,
		.role = NTLM_ROLE_ACCEPTOR,
		.required = PROTECT,
		.spnego = spnego,
	};
	int server = drv_context(&params), e;
	struct ntlm_test_info info;
	size_t len, back;

	if (!step(client, "negotiate", NULL, 0, &len, -EINPROGRESS))
		return;
	e = drv_exchange(server, token, len, answer, &back);
	if (e != -EINPROGRESS)
		FAIL("no challenge: %s", tap_errno(e));
	if (!step(client, "authenticate", answer, back, &len,
		  spnego ? -EINPROGRESS : 0))
		return;
	e = drv_exchange(server, token, len, answer, &back);
	info = drv_info(server);
	printf("accept=%s ntstatus=0x%08" PRIx32 " ", name(e), info.ntstatus);
	if (e)
		return;
	printf("user=%s\\%s sids=%u sid=%s ", info.domain, info.user, info.nsids,
	       info.nsids ? info.sids[0] : "none");
	if (spnego && !step(client, "finish", answer, back, &len, 0))
		return;
	printf("messages=%s ", name(talk(client, server)));
}

int main(int argc, char **argv)
{
	static const uint8_t bindings[16] = { 1, 2, 3 };
	struct drv_params params = { .required = PROTECT };
	long long begin = tap_now_ms();
	bool kernel;
	int c, fd;

	while ((c = getopt(argc, argv, "m:bs")) >= 0) {
		if (c == 'm')
			params.min_key_bits = (uint32_t)strtoul(optarg, NULL, 0);
		else if (c == 'b')
			params.bindings = bindings;
		else if (c == 's')
			params.spnego = true;
		else
			return 2;
	}
	argc -= optind;
	argv += optind;
	if (argc != 3)
		return 2;
	kernel = !strcmp(argv[0], "server");
	if (!kernel && strcmp(argv[0], "client"))
		return 2;
	params.uid = (uint32_t)strtoul(argv[1], NULL, 0);
	params.target = argv[2];
	fd = drv_context(&params);
	if (kernel)
		with_kernel(fd, params.target, params.spnego);
	else
		with_ntlm_auth(fd);
	printf("ms=%lld\n", tap_now_ms() - begin);
	return 0;
}
