// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gss-ntlmssp: both ends of a context of GSSAPI.
 */
#include <gssapi/gssapi_ext.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

/* The server names itself to the client, which compares. */
#define SERVICE	"cifs@server"
#define WANTED	(GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_SEQUENCE_FLAG | \
		 GSS_C_REPLAY_FLAG)

static const gss_OID_desc ntlmssp = {
	10, (void *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a",
};

static struct {
	gss_ctx_id_t from, to;
	size_t size;
	gss_buffer_desc token[BENCH_SLOTS(64)];
} g;

static void need(OM_uint32 major, OM_uint32 minor, const char *what)
{
	if (GSS_ERROR(major))
		bench_die("gss-ntlmssp: %s: %08x, %u", what, major, minor);
}

static gss_name_t name(const char *text, gss_OID type)
{
	gss_buffer_desc buf = { strlen(text), (void *)text };
	OM_uint32 major, minor;
	gss_name_t out;

	major = gss_import_name(&minor, &buf, type, &out);
	need(major, minor, "a name");
	return out;
}

/* The server looks for the password in a file. */
static void account(void)
{
	static char path[] = "/tmp/ntlm-bench-users.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || dprintf(fd, "BENCH:alice:correct horse\n") < 0)
		bench_die("cannot write %s", path);
	close(fd);
	setenv("NTLM_USER_FILE", path, 1);
	setenv("NETBIOS_COMPUTER_NAME", "SERVER", 1);
	setenv("NETBIOS_DOMAIN_NAME", "BENCH", 1);
}

static gss_cred_id_t credential(void)
{
	gss_buffer_desc password = { 13, (void *)"correct horse" };
	gss_name_t user = name("BENCH\\alice", GSS_C_NT_USER_NAME);
	gss_OID_set_desc mechs = { 1, (gss_OID)&ntlmssp };
	gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
	OM_uint32 major, minor;

	major = gss_acquire_cred_with_password(&minor, user, &password,
					       GSS_C_INDEFINITE, &mechs,
					       GSS_C_INITIATE, &cred, NULL, NULL);
	need(major, minor, "a credential");
	gss_release_name(&minor, &user);
	return cred;
}

static gss_cred_id_t server_credential(void)
{
	gss_name_t host = name(SERVICE, GSS_C_NT_HOSTBASED_SERVICE);
	gss_OID_set_desc mechs = { 1, (gss_OID)&ntlmssp };
	gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
	OM_uint32 major, minor;

	major = gss_acquire_cred(&minor, host, GSS_C_INDEFINITE, &mechs,
				 GSS_C_ACCEPT, &cred, NULL, NULL);
	need(major, minor, "a server's credential");
	gss_release_name(&minor, &host);
	return cred;
}

static void establish(void)
{
	gss_name_t target = name(SERVICE, GSS_C_NT_HOSTBASED_SERVICE);
	gss_buffer_desc out = GSS_C_EMPTY_BUFFER, in = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor, flags = 0, ignored;
	gss_cred_id_t client, server;

	account();
	client = credential();
	server = server_credential();
	do {
		major = gss_init_sec_context(&minor, client, &g.from, target,
					     (gss_OID)&ntlmssp, WANTED, 0, NULL,
					     in.length ? &in : NULL, NULL, &out, &flags, NULL);
		need(major, minor, "the client");
		gss_release_buffer(&ignored, &in);
		if (!out.length)
			break;
		major = gss_accept_sec_context(&minor, &g.to, server, &out, NULL,
					       NULL, NULL, &in, NULL, NULL,
					       NULL);
		need(major, minor, "the server");
		gss_release_buffer(&ignored, &out);
	} while (in.length);
	if (major != GSS_S_COMPLETE || !(flags & GSS_C_CONF_FLAG))
		bench_die("gss-ntlmssp: no confidentiality");
	gss_release_name(&minor, &target);
	gss_release_cred(&minor, &client);
	gss_release_cred(&minor, &server);
	unlink(getenv("NTLM_USER_FILE"));
}

static void gss_open(size_t size)
{
	if (!g.from)
		establish();
	g.size = size;
}

static void gss_close(void)
{
}

static void drop(size_t i)
{
	OM_uint32 minor;

	gss_release_buffer(&minor, &g.token[i]);
}

static void seal(size_t i)
{
	gss_buffer_desc in = { g.size, bench_plain };
	OM_uint32 major, minor;
	int conf;

	major = gss_wrap(&minor, g.from, 1, GSS_C_QOP_DEFAULT, &in, &conf,
			 &g.token[i]);
	need(major, minor, "gss_wrap");
}

static void unseal(size_t i)
{
	gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
	OM_uint32 major, minor;

	major = gss_unwrap(&minor, g.to, &g.token[i], &out, NULL, NULL);
	need(major, minor, "gss_unwrap");
	gss_release_buffer(&minor, &out);
}

static void sign(size_t i)
{
	gss_buffer_desc in = { g.size, bench_plain };
	OM_uint32 major, minor;

	major = gss_get_mic(&minor, g.from, GSS_C_QOP_DEFAULT, &in, &g.token[i]);
	need(major, minor, "gss_get_mic");
}

static void verify(size_t i)
{
	gss_buffer_desc in = { g.size, bench_plain };
	OM_uint32 major, minor;

	major = gss_verify_mic(&minor, g.to, &in, &g.token[i], NULL);
	need(major, minor, "gss_verify_mic");
}

static const struct peer wrap = {
	.name = "gss-ntlmssp",
	.op = "seal",
	.reverse = "unseal",
	.max = SIZE_MAX,
	.open = gss_open,
	.send = seal,
	.receive = unseal,
	.drop = drop,
	.close = gss_close,
};

static const struct peer mic = {
	.name = "gss-ntlmssp",
	.op = "sign",
	.reverse = "verify",
	.max = SIZE_MAX,
	.open = gss_open,
	.send = sign,
	.receive = verify,
	.drop = drop,
	.close = gss_close,
};

const struct peer *const gss_peers[] = { &wrap, &mic, NULL };
