// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A helper that forks for each request, as tlshd does for each handshake, to be
 * measured against ntlmd.  The child reads the credential files as ntlmd reads
 * them, makes the message with the same library, answers, and exits.
 *
 *	ntlm_bench_fork [-k]
 *
 * -k: the files are read once, at the start, and children inherit them: what
 * remains is what forking costs.
 *
 * It is cheaper than tlshd, whose children open sockets of their own and look up
 * the netlink family each time; it logs nothing; it knows no refusals, no policy
 * and no deadlines.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <config.h>
#include <cred/cred_file.h>
#include <ntlm/ntlm.h>

#include "../../../selftests/lib/nl.h"

struct forker {
	struct nl nl;
	struct config config;
	struct secret_owner owner;
	struct cred_entries entries;
};

static int random_bytes(void *arg, void *buf, size_t len)
{
	(void)arg;
	return getrandom(buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static void read_files(struct forker *f)
{
	struct problems problems = { 0 };

	cred_file_load(&f->entries, f->config.credentials_dir, &f->owner,
		       &problems);
}

/* Those that the benchmark asks for */
static uint32_t options(uint32_t wire)
{
	uint32_t out = 0;

	if (wire & NTLM_OPT_INTEGRITY)
		out |= NTLM_OPTION_INTEGRITY;
	if (wire & NTLM_OPT_CONFIDENTIALITY)
		out |= NTLM_OPTION_CONFIDENTIALITY;
	return out;
}

static enum ntlm_error answer(struct forker *f, const struct ntlm_req *req,
			      struct ntlm_token *token,
			      struct ntlm_session *session)
{
	const struct ntlm_request want = {
		.required = options(req->required),
		.wished = options(req->wished),
		.min_key_bits = req->min_key_bits,
		.target_name = req->target,
	};
	const struct cred_lookup lookup = {
		.uid = req->uid,
		.target = req->target,
	};
	struct ntlm_environment env = { .random = random_bytes };
	struct ntlm_credential credential = { 0 };
	const struct cred_entry *entry;
	struct timespec now;

	entry = cred_entries_find(&f->entries, &lookup, false);
	if (!entry)
		return NTLM_ERR_ARGUMENT;
	if (!req->leg)
		return ntlm_build_negotiate(&f->config.policy, &want, token, NULL,
					    NULL);
	credential.user = entry->user;
	credential.domain = entry->domain;
	memcpy(credential.nt_hash, entry->nt_hash, sizeof(credential.nt_hash));
	clock_gettime(CLOCK_REALTIME, &now);
	env.now = ntlm_filetime(&now);
	return ntlm_build_authenticate(&f->config.policy, &want, &credential,
				       &env,
				       (struct ntlm_bytes){ req->token[0], req->token_len[0] },
				       (struct ntlm_bytes){ req->token[1], req->token_len[1] },
				       token, session, NULL);
}

/* The parent would read an acknowledgment, so none is asked for. */
static void child(struct forker *f, const struct ntlm_req *req)
{
	static uint8_t bytes[NTLM_MAX_TOKEN];
	struct ntlm_token token = { bytes, sizeof(bytes), 0 };
	struct ntlm_done done = { .cookie = req->cookie };
	struct ntlm_session session = { 0 };

	if (!f->entries.count)
		read_files(f);
	if (answer(f, req, &token, &session)) {
		done.status = EPROTO;
	} else {
		done.token = token.data;
		done.token_len = token.len;
	}
	if (req->leg && !done.status) {
		done.established = true;
		done.has_flags = true;
		done.flags = session.flags;
		done.key = session.exported_session_key;
		done.key_len = sizeof(session.exported_session_key);
		done.user = f->entries.entry[0].user;
		done.domain = f->entries.entry[0].domain;
	}
	ntlm_done_msg(&f->nl, f->nl.m, &done);
	((struct nlmsghdr *)f->nl.m->buf)->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	_exit(nl_send(&f->nl, f->nl.m) ? 1 : 0);
}

static void drain(struct forker *f)
{
	static struct ntlm_req req;
	pid_t pid;
	int e;

	while ((e = ntlm_accept(&f->nl, &req)) != -EAGAIN) {
		if (e == -ENOBUFS)
			continue;
		pid = e ? -1 : fork();
		if (!pid)
			child(f, &req);
		if (pid < 0) {
			fprintf(stderr, "a request is lost: %s\n",
				strerror(e ? -e : errno));
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	static struct forker f;
	struct problems problems = { 0 };
	int c;

	/* children that have ended are nobody's business */
	signal(SIGCHLD, SIG_IGN);
	if (config_load(&f.config, CONFIG_PATH, true, &problems) ||
	    cred_file_owner(&f.config, &f.owner))
		return 1;
	while ((c = getopt(argc, argv, "k")) != -1) {
		if (c != 'k')
			return 2;
		read_files(&f);
	}
	if (nl_open(&f.nl) || ntlm_register(&f.nl))
		return 1;
	for (;;) {
		drain(&f);
		nl_wait(&f.nl, NTLM_CMD_READY, 1000, NULL);
	}
}
