// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Records that outlive a process: a child is killed again and again while it
 * writes, and the next one has to find whole records only. The test is the
 * service manager.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "carry.h"
#include "logged.h"
#include "tap.h"

#define AREA	"test"
#define STORED	"ntlmd-test"
#define COUNT	8
#define ROUNDS	150

/* every byte tells the number, so that a torn record is seen */
struct record {
	uint64_t number[64];
};

/* what the child tells: how many records it had finished */
struct shared {
	_Atomic uint64_t finished;
	uint64_t error;
};

static char directory[] = "/tmp/ntlmd-carry-XXXXXX";
static char notify[64];
static int manager = -1;
static int stored = -1;
static struct shared *shared;

static struct record make(uint64_t number)
{
	struct record r;

	for (int i = 0; i < 64; i++)
		r.number[i] = number;
	return r;
}

static uint64_t whole(const struct record *r)
{
	for (int i = 1; i < 64; i++)
		if (r->number[i] != r->number[0])
			return 0;
	return r->number[0];
}

static void take_message(void)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(4 * sizeof(int))];
	} control;
	char text[512];
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(manager, &msg, MSG_CMSG_CLOEXEC);
	struct cmsghdr *cmsg = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
	int fd = -1;

	if (n <= 0)
		return;
	text[n] = '\0';
	if (cmsg && cmsg->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	if (strstr(text, "FDSTORE=1") && strstr(text, "FDNAME=" STORED)) {
		if (stored >= 0)
			close(stored);
		stored = fd;
		return;
	}
	/* the probe is kept by whoever keeps descriptors */
	if (strstr(text, "FDSTORE=1"))
		return;
	if (strstr(text, "FDSTOREREMOVE=1") && strstr(text, STORED) &&
	    stored >= 0) {
		close(stored);
		stored = -1;
	}
	if (fd >= 0)
		close(fd);
}

static void *manage(void *arg)
{
	(void)arg;
	while (manager >= 0)
		take_message();
	return NULL;
}

static void start_manager(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	pthread_t thread;

	if (!mkdtemp(directory))
		exit(2);
	snprintf(notify, sizeof(notify), "%s/notify", directory);
	strcpy(address.sun_path, notify);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(manager, (struct sockaddr *)&address, sizeof(address)) ||
	    pthread_create(&thread, NULL, manage, NULL))
		exit(2);
}

/* In the child: what the manager does for a service that it starts. */
static void become_service(int fd)
{
	char pid[16];

	setenv("NOTIFY_SOCKET", notify, 1);
	if (fd >= 0) {
		dup2(fd, 3);
		snprintf(pid, sizeof(pid), "%d", getpid());
		setenv("LISTEN_PID", pid, 1);
		setenv("LISTEN_FDS", "1", 1);
		setenv("LISTEN_FDNAMES", STORED, 1);
	}
	logged_start();
	carry_init();
}

static int run(int (*child)(void), bool kill_it, useconds_t after)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		become_service(stored);
		_exit(child());
	}
	if (kill_it) {
		usleep(after);
		kill(pid, SIGKILL);
	}
	waitpid(pid, &status, 0);
	/* what it sent last is on its way */
	usleep(2000);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static struct carry *open_area(void)
{
	return carry_open(AREA, 1, sizeof(struct record), COUNT);
}

/* Adds the next and drops the one before, forever. */
static int writer(void)
{
	struct carry *c = open_area();
	uint64_t newest = 0;
	int64_t last = -1;

	if (!c)
		return 2;
	for (uint32_t i = 0; i < COUNT; i++) {
		const struct record *r = carry_get(c, i);

		if (!r)
			continue;
		if (!whole(r)) {
			shared->error = 1;
			return 1;
		}
		if (whole(r) > newest) {
			newest = whole(r);
			if (last >= 0)
				carry_drop(c, (uint32_t)last);
			last = i;
		} else {
			carry_drop(c, i);
		}
	}
	if (newest < shared->finished) {
		shared->error = 2;
		return 1;
	}
	for (uint64_t n = newest + 1;; n++) {
		struct record r = make(n);
		int64_t at = carry_add(c, &r);

		if (at < 0) {
			shared->error = 3;
			return 1;
		}
		shared->finished = n;
		if (last >= 0)
			carry_drop(c, (uint32_t)last);
		last = at;
	}
}

static void test_kill(void)
{
	bool good = true;

	for (int i = 0; i < ROUNDS && good; i++) {
		run(writer, true, 4000 + (useconds_t)(i * 37 % 3000));
		good = !shared->error;
	}
	tap_note("%llu records were written by processes that were killed",
		 (unsigned long long)shared->finished);
	tap_ok(shared->finished > ROUNDS, "the processes wrote");
	tap_number(shared->error, 0, "no record is torn or lost by a kill");
}

static int leave_one(void)
{
	struct carry *c = open_area();
	struct record r = make(42);

	if (!c || carry_add(c, &r) < 0 || !carry_is_kept(c))
		return 1;
	carry_close(c);
	return 0;
}

static int find_one(void)
{
	struct carry *c = open_area();
	unsigned int found = 0;

	for (uint32_t i = 0; i < COUNT; i++) {
		const struct record *r = carry_get(c, i);

		found += r && whole(r) == 42;
	}
	return found == 1 ? 0 : 1;
}

static int other_version(void)
{
	struct carry *c = carry_open(AREA, 2, sizeof(struct record), COUNT);

	for (uint32_t i = 0; i < COUNT; i++)
		if (carry_get(c, i))
			return 1;
	return logged_has("has another layout: wiped") ? 0 : 1;
}

static int is_empty(void)
{
	struct carry *c = open_area();

	for (uint32_t i = 0; i < COUNT; i++)
		if (carry_get(c, i))
			return 1;
	return 0;
}

static int limits(void)
{
	struct carry *c = open_area();
	struct record r = make(1);
	int status = 0;

	for (uint32_t i = 0; i < COUNT; i++)
		carry_drop(c, i);
	for (int i = 0; i < COUNT; i++)
		status |= carry_add(c, &r) < 0;
	status |= carry_add(c, &r) != -ENOSPC;
	status |= carry_get(c, COUNT) != NULL;
	carry_drop(c, COUNT);
	carry_drop(c, 3);
	status |= carry_get(c, 3) != NULL;
	status |= carry_add(c, &r) != 3;
	carry_discard(c);
	status |= carry_has(AREA);
	return status;
}

static int no_child_has_it(void)
{
	struct carry *c = open_area();
	struct record r = make(42);
	int64_t at = carry_add(c, &r);
	const void *p = carry_get(c, (uint32_t)at);
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		unsigned char vec;

		_exit(mincore((void *)((uintptr_t)p & ~4095ul), 1, &vec) < 0 &&
		      errno == ENOMEM ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	return status;
}

static bool damage(size_t offset)
{
	struct stat st;
	uint8_t *map;

	if (stored < 0 || fstat(stored, &st) < 0)
		return false;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		   stored, 0);
	if (map == MAP_FAILED)
		return false;
	map[offset] ^= 1;
	munmap(map, (size_t)st.st_size);
	return true;
}

int main(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 2;
	start_manager();
	tap_number((unsigned int)run(leave_one, false, 0), 0, "a record is written and kept");
	tap_ok(stored >= 0, "the service manager has the memory");
	tap_number((unsigned int)run(find_one, false, 0), 0, "the next process finds it");
	/* header 32, slot 32, then the record */
	tap_ok(damage(32 + 32 + 100), "a byte of it is changed");
	tap_number((unsigned int)run(is_empty, false, 0), 0, "a damaged record is dropped");
	tap_number((unsigned int)run(leave_one, false, 0), 0, "a record is written again");
	tap_number((unsigned int)run(other_version, false, 0), 0, "another layout is wiped");
	tap_number((unsigned int)run(is_empty, false, 0), 0, "and the old layout finds nothing");
	tap_number((unsigned int)run(leave_one, false, 0), 0, "a third record is written");
	tap_ok(damage(0), "the head is changed");
	tap_number((unsigned int)run(is_empty, false, 0), 0, "a damaged head counts as nothing");
	tap_number((unsigned int)run(no_child_has_it, false, 0), 0, "no child process has the memory");
	tap_number((unsigned int)run(limits, false, 0), 0, "a full area, and indexes beyond it");
	tap_ok(stored < 0, "what is discarded is not stored any more");
	test_kill();
	unlink(notify);
	rmdir(directory);
	return tap_done();
}
