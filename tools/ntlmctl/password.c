// SPDX-License-Identifier: GPL-2.0-or-later
#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "exit.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

void password_protect(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

struct password *password_new(void)
{
	struct password *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		fprintf(stderr, "ntlmctl: out of memory\n");
		return NULL;
	}
	madvise(p, sizeof(*p), MADV_DONTDUMP);
	madvise(p, sizeof(*p), MADV_WIPEONFORK);
	if (mlock(p, sizeof(*p)) < 0) {
		fprintf(stderr, "ntlmctl: memory for the password cannot be locked: %s; raise ulimit -l\n",
			strerror(errno));
		munmap(p, sizeof(*p));
		return NULL;
	}
	return p;
}

void password_free(struct password *p)
{
	if (!p)
		return;
	explicit_bzero(p, sizeof(*p));
	munmap(p, sizeof(*p));
}

/*
 * One byte after the other, so that no more of the input is taken. @waiting:
 * the signals that are blocked while it waits; NULL: no change.
 */
static int read_line(struct password *p, int fd, const sigset_t *waiting)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t n;

	for (p->len = 0; p->len < PASSWORD_SIZE; p->len++) {
		if (waiting && ppoll(&ready, 1, NULL, waiting) < 0)
			return -errno;
		n = read(fd, p->text + p->len, 1);
		if (n < 0)
			return -errno;
		if (n == 0 || p->text[p->len] == '\n')
			break;
	}
	if (p->len == PASSWORD_SIZE)
		return -EMSGSIZE;
	p->text[p->len] = '\0';
	return 0;
}

static int judge(const struct password *p, int error)
{
	if (error == -EMSGSIZE)
		fputs("ntlmctl: the password is too long\n", stderr);
	else if (error)
		fprintf(stderr, "ntlmctl: the password cannot be read: %s\n",
			strerror(-error));
	else if (!p->len)
		fputs("ntlmctl: the password is empty\n", stderr);
	else
		return EXIT_OK;
	return EXIT_PROBLEM;
}

int password_read(struct password *p)
{
	if (isatty(STDIN_FILENO)) {
		fputs("ntlmctl: standard input is a terminal, which would show the password: leave out --stdin\n",
		      stderr);
		return EXIT_USAGE;
	}
	return judge(p, read_line(p, STDIN_FILENO, NULL));
}

struct signal_state {
	struct sigaction action[SIGNALS];
	sigset_t mask;
	sigset_t waiting;
};

/*
 * Signals come while it waits for input and at no other time, so that none is
 * missed just before.
 */
static void catch_signals(struct signal_state *old)
{
	struct sigaction act = { .sa_handler = on_signal };
	sigset_t blocked;

	caught = 0;
	sigemptyset(&blocked);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, &old->mask);
	old->waiting = old->mask;
	for (size_t i = 0; i < SIGNALS; i++) {
		sigdelset(&old->waiting, signals[i]);
		sigaction(signals[i], &act, &old->action[i]);
	}
}

static void release_signals(const struct signal_state *old)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &old->action[i], NULL);
	sigprocmask(SIG_SETMASK, &old->mask, NULL);
}

/* Returns 0, a negative errno, or the signal that interrupted. */
static int ask_once(struct password *p, int tty, const char *prompt)
{
	struct signal_state old;
	struct termios shown, hidden;
	int r;

	if (tcgetattr(tty, &shown) < 0)
		return -errno;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	hidden.c_lflag |= ICANON;
	catch_signals(&old);
	r = tcsetattr(tty, TCSAFLUSH, &hidden) < 0 ? -errno : 0;
	if (!r) {
		dprintf(tty, "%s", prompt);
		r = read_line(p, tty, &old.waiting);
		dprintf(tty, "\n");
		tcsetattr(tty, TCSAFLUSH, &shown);
	}
	release_signals(&old);
	return r == -EINTR && caught ? caught : r;
}

int password_ask(struct password *p, const char *prompt)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	int r;

	if (tty < 0) {
		fprintf(stderr, "ntlmctl: there is no terminal to ask for the password: %s; use --stdin\n",
			strerror(errno));
		return EXIT_USAGE;
	}
	do {
		r = ask_once(p, tty, prompt);
		if (r > 0) {
			explicit_bzero(p, sizeof(*p));
			/* ends the process, or stops it and goes on */
			raise(r);
		}
	} while (r > 0 && r == SIGTSTP);
	close(tty);
	if (r > 0)
		return EXIT_PROBLEM;
	return judge(p, r);
}
