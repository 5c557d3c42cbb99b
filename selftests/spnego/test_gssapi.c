// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SPNEGO of MIT krb5 with gss-ntlmssp below it is the peer of both ends:
 * test_gssapi needs no argument; it writes its file of users itself.
 */
#include <err.h>
#include <errno.h>
#include <gssapi/gssapi_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "der_text.h"
#include "mic.h"
#include "ntlm/acceptor.h"
#include "side.h"
#include "spnego/spnego.h"
#include "tap.h"

#define USER		"alice"
#define DOMAIN		"LAB"
#define PASSWORD	"Correct horse 7"

static const gss_OID_desc ntlmssp = {
	10, (void *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a",
};
static gss_OID_desc spnego = { 6, (void *)"\x2b\x06\x01\x05\x05\x02" };

/* flags of helper/ntlm that the tests ask for */
#define PROTECTED (NTLM_OPTION_INTEGRITY | NTLM_OPTION_CONFIDENTIALITY)

static int getrandom_all(void *arg, void *buf, size_t len)
{
	(void)arg;
	return getrandom(buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static struct ntlm_environment environment(void)
{
	struct ntlm_environment env = { .random = getrandom_all };
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	env.now = ntlm_filetime(&now);
	return env;
}

/**
 * struct ours - the end that is ours
 * @side: SPNEGO
 * @request: what NTLM is told
 * @session: what came out
 * @failed: NTLM's own error
 */
struct ours {
	struct side *side;
	struct ntlm_request request;
	struct ntlm_session session;
	enum ntlm_error failed;
	struct ntlm_detail detail;
};

static void take_session(struct ours *ours, struct answer *answer, bool *mic)
{
	const struct ntlm_session *s = &ours->session;

	answer->established = true;
	answer->has_keys = true;
	answer->flags = s->flags;
	answer->session_key = s->anonymous ? NULL : s->exported_session_key;
	*mic = s->mic;
}

static int our_initiator(struct side *side, struct answer *answer, bool *mic)
{
	struct ntlm_policy policy = NTLM_POLICY_DEFAULT;
	struct ntlm_credential cred = { .user = USER, .domain = DOMAIN };
	struct ntlm_environment env = environment();
	const struct request *r = &side->request;
	struct ours *ours = side->arg;
	struct ntlm_token out = {
		side->ntlm_token, sizeof(side->ntlm_token), 0,
	};

	if (!r->ntlm_count) {
		ours->failed = ntlm_build_negotiate(&policy, &ours->request,
						    &out, NULL, &ours->detail);
	} else {
		ntlm_nt_hash(PASSWORD, strlen(PASSWORD), cred.nt_hash);
		ours->failed = ntlm_build_authenticate(&policy, &ours->request,
						       &cred, &env, r->ntlm[0],
						       r->ntlm[1], &out,
						       &ours->session,
						       &ours->detail);
		take_session(ours, answer, mic);
	}
	answer->token = (struct ntlm_bytes){ out.data, out.len };
	return -ntlm_error_errno(ours->failed);
}

static int our_acceptor(struct side *side, struct answer *answer, bool *mic)
{
	struct ntlm_acceptor_policy policy = {
		.lm_compat_level = 5,
		.names = { .nb_computer = "SERVER", .nb_domain = DOMAIN },
	};
	struct ntlm_environment env = environment();
	const struct request *r = &side->request;
	struct ours *ours = side->arg;
	struct ntlm_token out = {
		side->ntlm_token, sizeof(side->ntlm_token), 0,
	};
	struct ntlm_secret secret = { .has_lm_hash = false };
	static struct ntlm_logon logon;

	if (r->ntlm_count == 1) {
		ours->failed = ntlm_build_challenge(&policy, &ours->request,
						    &env, r->ntlm[0], &out,
						    NULL, &ours->detail);
		answer->token = (struct ntlm_bytes){ out.data, out.len };
	} else {
		struct ntlm_exchanged all = {
			r->ntlm[0], r->ntlm[1], r->ntlm[2],
		};

		ours->failed = ntlm_read_authenticate(&policy, &ours->request,
						      env.now, &all, &logon,
						      &ours->detail);
		ntlm_nt_hash(PASSWORD, strlen(PASSWORD), secret.nt_hash);
		if (!ours->failed)
			ours->failed = ntlm_check_logon(&policy, &ours->request,
							env.now, &all, &secret,
							&ours->session,
							&ours->detail);
		take_session(ours, answer, mic);
	}
	return -ntlm_error_errno(ours->failed);
}

/* the end that is MIT's */
struct theirs {
	gss_cred_id_t cred;
	gss_ctx_id_t ctx;
	gss_name_t target;
	OM_uint32 major;
	OM_uint32 minor;
	OM_uint32 flags;
	gss_buffer_desc out;
};

static void why(const struct theirs *t)
{
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	OM_uint32 minor, more = 0;

	gss_display_status(&minor, t->major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more,
			   &text);
	tap_note("peer: %.*s", (int)text.length, (char *)text.value);
	gss_release_buffer(&minor, &text);
	more = 0;
	gss_display_status(&minor, t->minor, GSS_C_MECH_CODE, &spnego, &more,
			   &text);
	tap_note("peer: %.*s", (int)text.length, (char *)text.value);
	gss_release_buffer(&minor, &text);
}

static void their_name(struct theirs *t, const char *name, gss_OID type,
		       gss_name_t *to)
{
	gss_buffer_desc text = { strlen(name), (void *)name };

	t->major = gss_import_name(&t->minor, &text, type, to);
	if (t->major)
		why(t);
}

/* They speak SPNEGO with NTLM and nothing else. */
static bool their_cred(struct theirs *t, bool acceptor)
{
	gss_OID_set_desc outer = { 1, &spnego };
	gss_OID_set_desc inner = { 1, (gss_OID)&ntlmssp };
	gss_buffer_desc password = { strlen(PASSWORD), (void *)PASSWORD };
	gss_name_t name = GSS_C_NO_NAME;
	OM_uint32 minor;

	if (acceptor) {
		their_name(t, "host", GSS_C_NT_HOSTBASED_SERVICE, &name);
		t->major = gss_acquire_cred(&t->minor, name, GSS_C_INDEFINITE,
					    &outer, GSS_C_ACCEPT, &t->cred,
					    NULL, NULL);
	} else {
		their_name(t, DOMAIN "\\" USER, GSS_C_NT_USER_NAME, &name);
		t->major = gss_acquire_cred_with_password(&t->minor, name,
							  &password,
							  GSS_C_INDEFINITE,
							  &outer,
							  GSS_C_INITIATE,
							  &t->cred, NULL, NULL);
	}
	if (!t->major)
		t->major = gss_set_neg_mechs(&t->minor, t->cred, &inner);
	if (t->major)
		why(t);
	gss_release_name(&minor, &name);
	their_name(t, "cifs@server", GSS_C_NT_HOSTBASED_SERVICE, &t->target);
	return t->cred;
}

static void their_step(struct theirs *t, bool acceptor, OM_uint32 want,
		       struct ntlm_bytes in)
{
	gss_buffer_desc input = { in.len, (void *)in.data };
	OM_uint32 minor;

	gss_release_buffer(&minor, &t->out);
	if (acceptor)
		t->major = gss_accept_sec_context(&t->minor, &t->ctx, t->cred,
						  &input, NULL, NULL, NULL,
						  &t->out, &t->flags, NULL, NULL);
	else
		t->major = gss_init_sec_context(&t->minor, t->cred, &t->ctx,
						t->target, &spnego, want, 0,
						NULL, &input, NULL, &t->out,
						&t->flags, NULL);
	if (GSS_ERROR(t->major))
		why(t);
}

static void their_end(struct theirs *t)
{
	OM_uint32 minor;

	gss_release_buffer(&minor, &t->out);
	gss_delete_sec_context(&minor, &t->ctx, GSS_C_NO_BUFFER);
	gss_release_cred(&minor, &t->cred);
	gss_release_name(&minor, &t->target);
}

static bool their_key(struct theirs *t, uint8_t key[16])
{
	gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
	OM_uint32 minor;
	bool ok;

	t->major = gss_inquire_sec_context_by_oid(&t->minor, t->ctx,
						  GSS_C_INQ_SSPI_SESSION_KEY,
						  &set);
	ok = !t->major && set && set->count >= 1 && set->elements[0].length == 16;
	if (ok)
		memcpy(key, set->elements[0].value, 16);
	gss_release_buffer_set(&minor, &set);
	return ok;
}

/*
 * After mechListMIC the first message has number 1 and the key stream from its
 * beginning, [MS-SPNG] 3.3.5.1.
 */
static void first_message(struct theirs *t, struct side *side, const char *name)
{
	gss_buffer_desc text = { 5, "hello" }, got = GSS_C_EMPTY_BUFFER;
	struct ntlm_bytes hello = { (const uint8_t *)"hello", 5 };
	gss_buffer_desc sent;
	uint8_t mic[16];
	OM_uint32 minor;

	t->major = gss_get_mic(&t->minor, t->ctx, GSS_C_QOP_DEFAULT, &text, &got);
	mic_make(side->key, side->key_flags, !side->acceptor, 1, hello, mic);
	tap_bytes(got.value, got.length, mic, sizeof(mic),
		  "%s: the peer's first signature has number 1", name);
	gss_release_buffer(&minor, &got);
	mic_make(side->key, side->key_flags, side->acceptor, 1, hello, mic);
	sent = (gss_buffer_desc){ sizeof(mic), mic };
	t->major = gss_verify_mic(&t->minor, t->ctx, &text, &sent, NULL);
	tap_ok(!t->major, "%s: the peer takes a first signature with number 1",
	       name);
}

/* what somebody does to the tokens on the way */
enum harm {
	NO_HARM,
	OUR_MIC,
	THEIR_LIST
};

/* Their NegTokenInit with Kerberos behind NTLM, and its first token all the same */
static struct ntlm_bytes longer_list(struct ntlm_bytes token)
{
	struct spnego_init init;
	const char *text;

	if (spnego_decode_init(token, &init, &text))
		errx(EXIT_FAILURE, "MIT's first token: %s", text);
	return der_text("60{" DER_SPNEGO "a0{30{a0{30{" DER_NTLM DER_KRB5 "}}"
			"a2{04{%}}}}}", &init.mech_token);
}

static void talk(bool we_accept, uint32_t want, OM_uint32 they_want,
		 const char *name, enum harm harm)
{
	struct ours ours = {
		.side = side_new(we_accept),
		.request = { .required = want, .target_name = "cifs/server" },
	};
	struct theirs theirs = { .out = GSS_C_EMPTY_BUFFER };
	struct side *side = ours.side;
	bool our_turn = !we_accept, started = false;
	bool ok = their_cred(&theirs, !we_accept);
	struct ntlm_bytes longer = { NULL, 0 };
	uint8_t key[16];

	side->arg = &ours;
	side->ntlm = we_accept ? our_acceptor : our_initiator;
	for (int i = 0; ok && i < 8; i++) {
		struct ntlm_bytes in = {
			theirs.out.value, theirs.out.length,
		};

		if (our_turn) {
			if (started && !in.len)
				break;
			if (side->established)
				break;
			if (harm == THEIR_LIST && !side->request.token_count)
				in = longer = longer_list(in);
			if (side_step(side, in)) {
				tap_note("we: %s, %s (%s)", side->why,
					 ntlm_error_text(ours.failed),
					 ours.detail.where ?: "");
				break;
			}
		} else {
			struct ntlm_bytes out = side_out(side);

			if (started && !out.len)
				break;
			if (harm == OUR_MIC && side->mic_made)
				side->out[out.len - 10] ^= 1;
			their_step(&theirs, !we_accept, they_want, out);
			if (GSS_ERROR(theirs.major))
				break;
		}
		started = true;
		our_turn = !our_turn;
	}
	if (harm == THEIR_LIST) {
		tap_ok(side->err == -EBADMSG && !side->established,
		       "%s: a list that was changed on the way is found", name);
	} else if (harm == OUR_MIC) {
		tap_ok(side->mic_made && GSS_ERROR(theirs.major),
		       "%s: the peer finds a changed mechListMIC", name);
	} else {
		/* MIT asks for integrity of its own accord, for this. */
		bool signs = want & PROTECTED || we_accept;

		tap_ok(ok && side->established && !theirs.major,
		       "%s: both ends are established", name);
		tap_ok(side->mic_made == signs && side->mic_checked == signs,
		       "%s: the list of mechanisms is %s", name,
		       signs ? "signed by both" : "not signed");
		if (signs)
			tap_ok(theirs.ctx && their_key(&theirs, key) &&
			       !memcmp(key, side->key, sizeof(key)),
			       "%s: one session key", name);
		if (signs && theirs.ctx && side->established)
			first_message(&theirs, side, name);
	}
	der_free(longer);
	their_end(&theirs);
	side_free(side);
}

static void write_users(char *path)
{
	int fd = mkstemp(path);

	if (fd < 0 || dprintf(fd, "%s:%s:%s\n", DOMAIN, USER, PASSWORD) < 0)
		err(EXIT_FAILURE, "%s", path);
	close(fd);
	setenv("NTLM_USER_FILE", path, 1);
}

int main(void)
{
	char users[] = "/tmp/spnego-users-XXXXXX";
	OM_uint32 protect = GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG;

	write_users(users);
	talk(false, PROTECTED, 0, "MIT accepts, sign and seal", NO_HARM);
	talk(false, NTLM_OPTION_INTEGRITY, 0, "MIT accepts, sign", NO_HARM);
	talk(false, PROTECTED, 0, "MIT accepts", OUR_MIC);
	talk(true, PROTECTED, protect, "MIT initiates, sign and seal", NO_HARM);
	talk(true, NTLM_OPTION_INTEGRITY, GSS_C_INTEG_FLAG,
	     "MIT initiates, sign", NO_HARM);
	talk(true, PROTECTED, protect, "MIT initiates", OUR_MIC);
	talk(true, PROTECTED, protect, "MIT initiates", THEIR_LIST);
	talk(false, 0, 0, "MIT accepts, nothing asked for", NO_HARM);
	talk(true, 0, 0, "MIT initiates, nothing asked for", NO_HARM);
	unlink(users);
	return tap_done();
}
