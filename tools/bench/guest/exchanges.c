// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole exchanges: ntlmd, and helpers that fork for each request, take turns in
 * answering 1, 8 and 64 clients at a time.  The server is a CHALLENGE_MESSAGE that
 * was made before and accepts everything.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>

#include <ntlm/acceptor.h>

#include "../../../selftests/lib/driver.h"
#include "../../../selftests/lib/tap.h"
#include "bench.h"

#define ROUNDS		3
#define RUN_NS		1000000000ull
#define GIVE_UP_NS	20000000000ull
#define WARM_NS		200000000ull
#define MAX_CLIENTS	64
#define MAX_SAMPLES	200000

static const unsigned int clients[] = { 1, 8, MAX_CLIENTS };

static const struct {
	const char *name;
	const char *argv[4];
} helpers[] = {
	{ "ntlmd", { "ntlmd", "--foreground" } },
	{ "fork", { "ntlm_bench_fork", "-k" } },
	{ "fork-and-read", { "ntlm_bench_fork" } },
};

#define HELPERS (sizeof(helpers) / sizeof(helpers[0]))

static struct {
	uint8_t challenge[NTLM_MAX_TOKEN];
	size_t challenge_len;
	atomic_bool stop, measure;
	atomic_uint samples;
	uint64_t ns[MAX_SAMPLES];
} x;

static const struct drv_params wanted = {
	.required = NTLM_OPT_INTEGRITY | NTLM_OPT_CONFIDENTIALITY,
	.timeout_ms = 60000,
};

static int zeros(void *arg, void *buf, size_t len)
{
	(void)arg;
	memset(buf, 0, len);
	return 0;
}

static void make_challenge(const void *negotiate, size_t len)
{
	static const struct ntlm_acceptor_policy policy = {
		.lm_compat_level = 5,
		.min_key_bits = 128,
		.names = { .nb_computer = "SERVER", .nb_domain = "BENCH" },
	};
	const struct ntlm_request request = {
		.required = NTLM_OPT_INTEGRITY | NTLM_OPT_CONFIDENTIALITY,
		.target_name = "cifs/server",
	};
	struct ntlm_environment env = { .random = zeros };
	struct ntlm_token token = { x.challenge, sizeof(x.challenge), 0 };
	struct timespec now;
	enum ntlm_error e;

	clock_gettime(CLOCK_REALTIME, &now);
	env.now = ntlm_filetime(&now);
	e = ntlm_build_challenge(&policy, &request, &env,
				 (struct ntlm_bytes){ negotiate, len }, &token,
				 NULL, NULL);
	if (e)
		bench_die("no CHALLENGE_MESSAGE: error %d", e);
	x.challenge_len = token.len;
}

static void exchange(const struct bench *b, uint8_t *out)
{
	uint64_t start = bench_guest(b);
	int fd = drv_context(&wanted);
	unsigned int i;
	size_t len;
	int err;

	err = drv_exchange(fd, NULL, 0, out, &len);
	if (err == -EINPROGRESS && !x.challenge_len)
		make_challenge(out, len);
	if (err == -EINPROGRESS)
		err = drv_exchange(fd, x.challenge, x.challenge_len, out, &len);
	if (err)
		bench_die("an exchange failed: %s", strerror(-err));
	start = bench_guest(b) - start;
	drv_report(fd, 0);
	close(fd);
	if (!atomic_load(&x.measure))
		return;
	i = atomic_fetch_add(&x.samples, 1);
	if (i >= MAX_SAMPLES)
		bench_die("too many exchanges");
	x.ns[i] = start;
}

static void *client(void *arg)
{
	uint8_t *out = malloc(NTLM_MAX_TOKEN);

	while (!atomic_load(&x.stop))
		exchange(arg, out);
	free(out);
	return NULL;
}

static void wait_ns(uint64_t ns)
{
	struct timespec ts = {
		.tv_sec = (time_t)(ns / 1000000000),
		.tv_nsec = (long)(ns % 1000000000),
	};

	nanosleep(&ts, NULL);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x1 = a, *x2 = b;

	return *x1 < *x2 ? -1 : *x1 > *x2;
}

static void load(struct bench *b, const char *helper, unsigned int n)
{
	pthread_t thread[MAX_CLIENTS];
	uint64_t start, spent;
	unsigned int done;

	atomic_store(&x.stop, false);
	atomic_store(&x.samples, 0);
	for (unsigned int i = 0; i < n; i++)
		if (pthread_create(&thread[i], NULL, client, b))
			bench_die("no threads");
	wait_ns(WARM_NS);
	start = bench_wall();
	spent = bench_guest(b);
	atomic_store(&x.measure, true);
	/* A slow helper with many clients: until there is something to tell. */
	do
		wait_ns(RUN_NS);
	while (atomic_load(&x.samples) < n && bench_wall() - start < GIVE_UP_NS);
	atomic_store(&x.measure, false);
	spent = bench_guest(b) - spent;
	atomic_store(&x.stop, true);
	for (unsigned int i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	done = atomic_load(&x.samples);
	if (!done)
		bench_die("%s: no exchange was done in time", helper);
	qsort(x.ns, done, sizeof(x.ns[0]), compare);
	bench_value(b, "exchanges", helper, "rate", "linear", n, "1/s",
		    (double)done * 1e9 / (double)spent);
	bench_value(b, "exchanges", helper, "p50", "linear", n, "us",
		    (double)x.ns[done / 2] / 1000);
	bench_value(b, "exchanges", helper, "p99", "linear", n, "us",
		    (double)x.ns[(uint64_t)done * 99 / 100] / 1000);
}

static pid_t helper_start(struct nl *nl, const char *const *argv)
{
	long long end = tap_now_ms() + 20000;
	struct ntlm_counters c;
	char path[4096];
	pid_t pid;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", getenv("NTLM_BIN"), argv[0]);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = open("/run/ntlm-bench.log", O_WRONLY | O_CREAT | O_TRUNC, 0644);
		dup2(fd, 1);
		dup2(fd, 2);
		execv(path, (char *const *)argv);
		_exit(127);
	}
	do {
		if (!ntlm_stats(nl, &c) && c.helper_pid == (uint32_t)pid)
			return pid;
		if (waitpid(pid, NULL, WNOHANG) == pid)
			break;
		tap_sleep_ms(5);
	} while (tap_now_ms() < end);
	run("tail", "-n", "5", "/run/ntlm-bench.log", NULL);
	bench_die("%s did not register", path);
}

static void helper_stop(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

void bench_exchanges(struct bench *b)
{
	struct nl nl;
	pid_t pid;

	if (!getenv("NTLM_BIN"))
		bench_die("NTLM_BIN is not set");
	if (nl_open(&nl))
		bench_die("no netlink family");
	for (b->round = 0; b->round < ROUNDS; b->round++)
		for (size_t h = 0; h < HELPERS; h++) {
			bench_progress("exchanges: round %u of %u, %s",
				       b->round + 1, ROUNDS, helpers[h].name);
			pid = helper_start(&nl, helpers[h].argv);
			for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
				load(b, helpers[h].name, clients[i]);
			helper_stop(pid);
		}
	nl_close(&nl);
}
