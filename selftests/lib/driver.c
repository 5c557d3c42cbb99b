// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "driver.h"
#include "tap.h"

static uint64_t address(const void *p)
{
	return (uintptr_t)p;
}

int drv_create(const struct drv_params *p)
{
	struct ntlm_test_create order = {
		.target = address(p->target ? p->target : "cifs/server"),
		.user = address(p->user),
		.domain = address(p->domain),
		.channel_bindings = address(p->bindings),
		.uid = p->uid,
		.required = p->required,
		.wished = p->wished,
		.min_key_bits = p->min_key_bits,
		.timeout_ms = p->timeout_ms,
		.target_unverified = p->unverified,
		.role = p->role,
		.mode = p->mode,
		.allow_legacy = p->allow_legacy,
		.spnego = p->spnego,
	};
	int fd = open(NTLM_TEST_DEVICE, O_RDWR | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, NTLM_TEST_CREATE, &order) < 0)
		err = -errno;
	else
		err = order.result;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int drv_context(const struct drv_params *p)
{
	const struct drv_params none = {};
	int fd = drv_create(p ? p : &none);

	if (fd < 0)
		FAIL("no context: %s", tap_errno(fd));
	return fd;
}

int drv_exchange(int fd, const void *in, size_t in_len, void *out,
		 size_t *out_len)
{
	uint8_t *spare = out ? NULL : malloc(NTLM_MAX_TOKEN);
	struct ntlm_test_exchange order = {
		.in = address(in),
		.in_len = (uint32_t)in_len,
		.out = address(out ? out : spare),
		.out_len = NTLM_MAX_TOKEN,
	};

	if (ioctl(fd, NTLM_TEST_EXCHANGE, &order) < 0)
		FAIL("exchange: %m");
	free(spare);
	if (out_len)
		*out_len = order.out_len;
	return order.result;
}

void drv_cancel(int fd)
{
	if (ioctl(fd, NTLM_TEST_CANCEL) < 0)
		FAIL("cancel: %m");
}

void drv_report(int fd, uint32_t ntstatus)
{
	if (ioctl(fd, NTLM_TEST_REPORT, &ntstatus) < 0)
		FAIL("report: %m");
}

struct ntlm_test_info drv_info(int fd)
{
	struct ntlm_test_info info;

	if (ioctl(fd, NTLM_TEST_INFO, &info) < 0)
		FAIL("info: %m");
	return info;
}

static int drv_message(int fd, enum ntlm_test_op op, void *data, size_t len,
		       uint8_t sig[16])
{
	struct ntlm_test_seg seg = {
		.src = address(data),
		.dst = address(data),
		.len = len,
		.flags = 1,
		.in_place = 1,
	};
	struct ntlm_test_message order = {
		.segs = address(&seg),
		.op = op,
		.nsegs = 1,
	};

	memcpy(order.signature, sig, sizeof(order.signature));
	if (ioctl(fd, NTLM_TEST_MESSAGE, &order) < 0)
		FAIL("message: %m");
	memcpy(sig, order.signature, sizeof(order.signature));
	return order.result;
}

int drv_seal(int fd, void *data, size_t len, uint8_t sig[16])
{
	return drv_message(fd, NTLM_TEST_SEAL, data, len, sig);
}

int drv_unseal(int fd, void *data, size_t len, const uint8_t sig[16])
{
	uint8_t copy[16];

	memcpy(copy, sig, sizeof(copy));
	return drv_message(fd, NTLM_TEST_UNSEAL, data, len, copy);
}

/* --- clients ------------------------------------------------------------ */

static void *client_run(void *arg)
{
	struct client *c = arg;
	long long start = tap_now_ms();

	c->result = drv_exchange(c->fd, c->in, c->in_len, c->out,
				 &c->out_len);
	c->ms = tap_now_ms() - start;
	atomic_store(&c->ended, true);
	return NULL;
}

void client_start(struct client *c, int fd, const void *in, size_t in_len)
{
	client_start_out(c, fd, in, in_len, NULL);
}

/*
 * Stacks of client threads come from one mapping: with one mapping each, as
 * pthread_create() would do, thousands of threads take minutes under emulation.
 */
#define CLIENT_STACK	((size_t)64 * 1024)
#define CLIENT_STACKS	4608

static struct {
	pthread_mutex_t	lock;
	uint8_t		*base;
	unsigned int	next;
	bool		used[CLIENT_STACKS];
} stacks = { .lock = PTHREAD_MUTEX_INITIALIZER };

static unsigned int stack_get(void)
{
	unsigned int i, slot;

	pthread_mutex_lock(&stacks.lock);
	if (!stacks.base) {
		stacks.base = mmap(NULL, CLIENT_STACK * CLIENT_STACKS,
				   PROT_READ | PROT_WRITE, MAP_PRIVATE |
				   MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (stacks.base == MAP_FAILED)
			FAIL("mmap: %m");
	}
	for (i = 0; i < CLIENT_STACKS; i++) {
		slot = stacks.next++ % CLIENT_STACKS;
		if (!stacks.used[slot])
			break;
	}
	if (i == CLIENT_STACKS)
		FAIL("too many clients");
	stacks.used[slot] = true;
	pthread_mutex_unlock(&stacks.lock);
	return slot;
}

void client_start_out(struct client *c, int fd, const void *in, size_t in_len,
		      void *out)
{
	pthread_attr_t attr;
	int err;

	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->in = in;
	c->in_len = in_len;
	c->out = out;
	c->stack = stack_get();
	pthread_attr_init(&attr);
	pthread_attr_setstack(&attr, stacks.base + c->stack * CLIENT_STACK,
			      CLIENT_STACK);
	err = pthread_create(&c->thread, &attr, client_run, c);
	if (err)
		FAIL("pthread_create: %s", strerror(err));
	pthread_attr_destroy(&attr);
}

int client_join(struct client *c)
{
	pthread_join(c->thread, NULL);
	pthread_mutex_lock(&stacks.lock);
	stacks.used[c->stack] = false;
	pthread_mutex_unlock(&stacks.lock);
	return c->result;
}

void wait_for_requests(struct nl *nl, uint64_t queued, uint64_t accepted)
{
	long long end = tap_now_ms() + 20000;
	struct ntlm_counters c;

	do {
		CHECK_ERR(ntlm_stats(nl, &c), 0);
		if (c.queued == queued && c.accepted == accepted)
			return;
		tap_sleep_ms(2);
	} while (tap_now_ms() < end);
	FAIL("%llu requests queued and %llu accepted, wanted %llu and %llu",
	     (unsigned long long)c.queued, (unsigned long long)c.accepted,
	     (unsigned long long)queued, (unsigned long long)accepted);
}

/* --- helpers ------------------------------------------------------------ */

unsigned int serve_once(struct nl *nl)
{
	struct ntlm_req *req = malloc(sizeof(*req));
	unsigned int n = 0;
	struct ntlm_done d;
	int err;

	for (;;) {
		err = ntlm_accept(nl, req);
		if (err == -EAGAIN)
			break;
		if (err == -ENOBUFS)
			continue;
		CHECK_ERR(err, 0);
		d = ntlm_honest(req);
		err = ntlm_done(nl, &d);
		if (err && err != -ENOENT)
			FAIL("DONE: %s, %s", tap_errno(err), nl->text);
		n += !err;
	}
	free(req);
	return n;
}

static void hold(struct nl *nl)
{
	struct ntlm_req *req = malloc(sizeof(*req));

	while (!ntlm_accept(nl, req))
		;
	free(req);
}

pid_t fake_start(enum fake_mode mode)
{
	int pipefd[2], err;
	struct nl nl;
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		FAIL("pipe: %m");
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		FAIL("fork: %m");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		err = nl_open(&nl);
		if (!err)
			err = ntlm_register(&nl);
		if (write(pipefd[1], &err, sizeof(err)) < 0)
			_exit(1);
		for (;;) {
			if (mode == FAKE_SERVE)
				serve_once(&nl);
			else if (mode == FAKE_HOLD)
				hold(&nl);
			nl_wait(&nl, NTLM_CMD_READY, 1000, NULL);
		}
	}
	close(pipefd[1]);
	if (read(pipefd[0], &err, sizeof(err)) != sizeof(err))
		FAIL("the helper process died");
	close(pipefd[0]);
	CHECK_ERR(err, 0);
	return pid;
}

void fake_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void *server_run(void *arg)
{
	struct server *s = arg;

	while (!atomic_load(&s->stop)) {
		s->answered += serve_once(&s->nl);
		nl_wait(&s->nl, NTLM_CMD_READY, 20, NULL);
	}
	return NULL;
}

void server_start(struct server *s)
{
	memset(s, 0, sizeof(*s));
	CHECK_ERR(nl_open(&s->nl), 0);
	CHECK_ERR(ntlm_register(&s->nl), 0);
	if (pthread_create(&s->thread, NULL, server_run, s))
		FAIL("pthread_create");
}

void server_stop(struct server *s)
{
	atomic_store(&s->stop, true);
	pthread_join(s->thread, NULL);
	nl_close(&s->nl);
}

int drv_establish(int fd)
{
	int err = drv_exchange(fd, NULL, 0, NULL, NULL);

	if (err != -EINPROGRESS)
		return err ? err : -ENODATA;
	return drv_exchange(fd, "CHALLENGE", 9, NULL, NULL);
}

/* --- the machine -------------------------------------------------------- */

long slab_objects(const char *cache)
{
	char path[128], line[256], name[64];
	long active = -ENOENT, n;
	FILE *f;

	/* What sits in the per-CPU lists counts as active until it is shrunk. */
	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", cache);
	f = fopen(path, "w");
	if (f) {
		fputs("1\n", f);
		fclose(f);
	}
	f = fopen("/proc/slabinfo", "r");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %ld", name, &n) == 2 &&
		    !strcmp(name, cache))
			active = n;
	fclose(f);
	return active;
}

void set_grace_ms(unsigned int ms)
{
	FILE *f = fopen("/sys/module/ntlm/parameters/restart_grace_ms", "w");

	if (!f || fprintf(f, "%u\n", ms) < 0 || fclose(f))
		FAIL("restart_grace_ms: %m");
}

int module_users(void)
{
	FILE *f = fopen("/sys/module/ntlm/refcnt", "r");
	struct dirent *e;
	int users = -1;
	DIR *d;

	if (!f || fscanf(f, "%d", &users) != 1)
		FAIL("refcnt: %m");
	fclose(f);
	d = opendir("/sys/module/ntlm/holders");
	if (!d)
		FAIL("holders: %m");
	while ((e = readdir(d)))
		users -= e->d_name[0] != '.';
	closedir(d);
	return users;
}

int kmsg_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || lseek(fd, 0, SEEK_END) < 0)
		FAIL("/dev/kmsg: %m");
	return fd;
}

unsigned int kmsg_count(int fd, const char *text)
{
	unsigned int found = 0;
	char line[8192];
	ssize_t n;

	for (;;) {
		n = read(fd, line, sizeof(line) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			return found;
		line[n] = 0;
		found += !!strstr(line, text);
	}
}

int run(const char *file, ...)
{
	const char *argv[16] = { file };
	int status, n = 1;
	va_list ap;
	pid_t pid;

	va_start(ap, file);
	while (n < 15 && (argv[n] = va_arg(ap, const char *)))
		n++;
	va_end(ap);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		FAIL("fork: %m");
	if (!pid) {
		dup2(2, 1);
		execvp(file, (char **)argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const char *counters_wrong(const struct ntlm_counters *c)
{
	static char text[256];
	uint64_t sum = c->done + c->failed + c->lies + c->timeouts +
		       c->cancelled + c->no_helper + c->limited + c->queued +
		       c->accepted;

	if (sum == c->requests)
		return NULL;
	snprintf(text, sizeof(text),
		 "%llu requests, but done %llu failed %llu lies %llu timeouts %llu cancelled %llu no_helper %llu limited %llu queued %llu accepted %llu",
		 (unsigned long long)c->requests, (unsigned long long)c->done,
		 (unsigned long long)c->failed, (unsigned long long)c->lies,
		 (unsigned long long)c->timeouts,
		 (unsigned long long)c->cancelled,
		 (unsigned long long)c->no_helper,
		 (unsigned long long)c->limited, (unsigned long long)c->queued,
		 (unsigned long long)c->accepted);
	return text;
}

void quiet_before(void)
{
	struct nl nl;

	set_grace_ms(0);
	/* Ends the grace time that an earlier helper may have left. */
	if (!nl_open(&nl)) {
		ntlm_register(&nl);
		nl_close(&nl);
	}
}

const char *quiet_after(void)
{
	long long end = tap_now_ms() + 10000;
	struct ntlm_counters c = {};
	static char text[192];
	struct nl nl;
	int err;

	do {
		err = nl_open(&nl);
		if (!err) {
			err = ntlm_stats(&nl, &c);
			nl_close(&nl);
		}
		if (err)
			return "no counters";
		if (!c.contexts && !c.queued && !c.accepted && !c.helper_port &&
		    !module_users())
			return counters_wrong(&c);
		tap_sleep_ms(10);
	} while (tap_now_ms() < end);
	snprintf(text, sizeof(text),
		 "%llu contexts, %llu queued, %llu accepted, helper %u, %d references to the module",
		 (unsigned long long)c.contexts, (unsigned long long)c.queued,
		 (unsigned long long)c.accepted, c.helper_pid, module_users());
	return text;
}

void allow_files(unsigned int n)
{
	struct rlimit lim = { n, n };

	if (setrlimit(RLIMIT_NOFILE, &lim) < 0)
		FAIL("setrlimit: %m");
}
