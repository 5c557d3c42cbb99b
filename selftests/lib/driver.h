/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /dev/ntlm_test from C: contexts, exchanges in threads of their own, and
 * helpers that are processes and can be killed.
 */
#ifndef NTLM_SELFTESTS_DRIVER_H
#define NTLM_SELFTESTS_DRIVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "nl.h"
#include "../driver/ntlm_test.h"

/* Parameters of a context; what is zero or NULL is the API's default. */
struct drv_params {
	uint32_t	uid;
	const char	*target;	/* NULL: "cifs/server" */
	const char	*user, *domain;
	const uint8_t	*bindings;
	uint32_t	required, wished;
	uint32_t	min_key_bits;
	uint32_t	timeout_ms;
	bool		unverified;
	uint32_t	role, mode;
	bool		allow_legacy, spnego;
};

/* A file with a context; < 0: -errno of the file or of ntlm_ctx_create(). */
int drv_create(const struct drv_params *p);
/* The same; a failure fails the test. */
int drv_context(const struct drv_params *p);

/*
 * One step. Returns what ntlm_ctx_exchange() returned. @out may be NULL, else
 * has NTLM_MAX_TOKEN bytes, and *out_len is set.
 */
int drv_exchange(int fd, const void *in, size_t in_len, void *out,
		 size_t *out_len);
void drv_cancel(int fd);
void drv_report(int fd, uint32_t ntstatus);
struct ntlm_test_info drv_info(int fd);

/*
 * Seal @len bytes in place, signature to @sig; or unseal them. Returns what
 * the API returned.
 */
int drv_seal(int fd, void *data, size_t len, uint8_t sig[16]);
int drv_unseal(int fd, void *data, size_t len, const uint8_t sig[16]);

/**
 * struct client - a thread that runs one step of an exchange
 * @fd: context, from drv_context(); not closed by these functions
 * @in: token for the step
 * @in_len: bytes at @in
 * @out: room for the own token, NTLM_MAX_TOKEN bytes, or NULL
 * @result: what ntlm_ctx_exchange() returned
 * @out_len: bytes of the own token
 * @ms: how long it took
 * @ended: @result is valid
 * @stack: number of its stack
 */
struct client {
	int		fd;
	const void	*in;
	size_t		in_len;
	void		*out;
	int		result;
	size_t		out_len;
	long long	ms;
	atomic_bool	ended;
	unsigned int	stack;
	pthread_t	thread;
};

void client_start(struct client *c, int fd, const void *in, size_t in_len);
void client_start_out(struct client *c, int fd, const void *in, size_t in_len,
		      void *out);
/* Waits for the thread and returns the result. */
int client_join(struct client *c);

/* Waits until @queued and @accepted requests are there; fails after 20 s. */
void wait_for_requests(struct nl *nl, uint64_t queued, uint64_t accepted);

/* What a helper process does after REGISTER */
enum fake_mode {
	FAKE_IDLE,		/* nothing */
	FAKE_HOLD,		/* accepts everything, answers nothing */
	FAKE_SERVE,		/* answers everything as ntlm_honest() */
};

/**
 * fake_start - start a process that is the helper of this network namespace
 * @mode: what it does
 *
 * Returns its pid once it is registered; its death with the test is taken care
 * of. A refused registration fails the test.
 */
pid_t fake_start(enum fake_mode mode);
/* SIGKILL, and wait until its sockets are closed. */
void fake_kill(pid_t pid);

/* A helper in this thread: answers as ntlm_honest() until -EAGAIN. */
unsigned int serve_once(struct nl *nl);

/* A thread that serves until it is told to stop. */
struct server {
	struct nl	nl;
	pthread_t	thread;
	atomic_bool	stop;
	unsigned int	answered;
};

void server_start(struct server *s);
void server_stop(struct server *s);

/* Both legs against a helper that serves; returns the last result. */
int drv_establish(int fd);

/* Number of objects in use in a slab cache, or -errno. */
long slab_objects(const char *cache);

/* The module's parameter restart_grace_ms. */
void set_grace_ms(unsigned int ms);

/* References to ntlm.ko beyond the one of each module that uses it. */
int module_users(void);

/* The kernel log from now on; counts lines that contain @text, to the end. */
int kmsg_open(void);
unsigned int kmsg_count(int fd, const char *text);

/* Run a program; its exit status. */
int run(const char *file, ...) __attribute__((sentinel));

/*
 * What tap_main() calls between tests: restart_grace_ms is 0 again, nobody
 * waits, no context and no helper is left, and the counters add up.
 */
void quiet_before(void);
const char *quiet_after(void);

/* NULL, or why the counters of one snapshot do not add up. */
const char *counters_wrong(const struct ntlm_counters *c);

/* Allow this process @n open files. */
void allow_files(unsigned int n);

#endif /* NTLM_SELFTESTS_DRIVER_H */
