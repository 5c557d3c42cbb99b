// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ntlmd-winbind: asks winbind on behalf of ntlmd. It is started by its socket
 * and goes when nobody has asked for a while.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "../log.h"
#include "../winbind_wire.h"
#include "serve.h"

/* requests at a time; others wait in the socket's queue */
#define CHILDREN_MAX	32
/* seconds without a request after which the program ends */
#define IDLE_SECONDS	60

struct program {
	int listener;
	int signals;
	uid_t client;
	unsigned int seconds;
	unsigned int idle;
	unsigned int children;
	bool ending;
};

static void usage(FILE *to)
{
	fprintf(to,
		"usage: ntlmd-winbind [-u USER] [-t SECONDS] [-i SECONDS]\n"
		"Asks winbind on behalf of ntlmd; started by systemd with the socket %s.\n"
		"  -u, --client=USER         only USER may ask (ntlmd)\n"
		"  -t, --time-limit=SECONDS  for a request (%d)\n"
		"  -i, --idle=SECONDS        end when nobody has asked for so long (%d); 0: never\n"
		"  -h, --help\n"
		"  -V, --version\n",
		WINBIND_SOCKET, WINBIND_TIME_LIMIT, IDLE_SECONDS);
}

static bool seconds_of(const char *text, unsigned int min, unsigned int *seconds)
{
	unsigned long n;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || n < min || n > 3600)
		return false;
	*seconds = (unsigned int)n;
	return true;
}

static void child(const struct program *p, int fd)
{
	sigset_t none;

	close(p->listener);
	close(p->signals);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	serve(fd, p->client, p->seconds);
}

static void on_connection(struct program *p)
{
	int fd = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
	pid_t pid;

	if (fd < 0) {
		if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
			log_msg(LOG_WARNING, "accept: %s", strerror(errno));
		return;
	}
	/*
	 * A process for each: winbindd may hang, libwbclient leaves secrets in
	 * memory that it frees, and the process becomes the user.
	 */
	pid = fork();
	if (!pid)
		child(p, fd);
	if (pid < 0)
		log_msg(LOG_WARNING, "fork: %s", strerror(errno));
	else
		p->children++;
	close(fd);
}

static void on_signal(struct program *p)
{
	struct signalfd_siginfo info;

	if (read(p->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo != SIGCHLD) {
		p->ending = true;
		return;
	}
	while (p->children && waitpid(-1, NULL, WNOHANG) > 0)
		p->children--;
}

static int loop(struct program *p)
{
	while (!p->ending || p->children) {
		bool full = p->ending || p->children == CHILDREN_MAX;
		struct pollfd fds[] = {
			{ .fd = p->signals, .events = POLLIN },
			{ .fd = full ? -1 : p->listener, .events = POLLIN },
		};
		int wait = p->idle && !p->children ? (int)p->idle * 1000 : -1;
		int n = poll(fds, 2, wait);

		if (n < 0 && errno != EINTR) {
			log_msg(LOG_ERR, "poll: %s", strerror(errno));
			return EX_OSERR;
		}
		if (!n)
			break;
		if (n > 0 && fds[0].revents)
			on_signal(p);
		if (n > 0 && fds[1].revents)
			on_connection(p);
	}
	return EXIT_SUCCESS;
}

static int take_socket(struct program *p)
{
	int n = sd_listen_fds(1);

	if (n != 1 || sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_SEQPACKET, 1,
					NULL, 0) <= 0) {
		log_msg(LOG_ERR, "systemd handed over no socket of the right kind: start ntlmd-winbind.socket, not the service");
		return EX_USAGE;
	}
	p->listener = SD_LISTEN_FDS_START;
	return 0;
}

static int take_signals(struct program *p)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
		p->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (p->signals >= 0)
		return 0;
	log_msg(LOG_ERR, "signals: %s", strerror(errno));
	return EX_OSERR;
}

static int find_client(struct program *p, const char *name)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(name);
	if (!pw) {
		log_msg(LOG_ERR, "there is no user \"%s\"%s%s", name,
			errno ? ": " : "", errno ? strerror(errno) : "");
		return EX_NOUSER;
	}
	p->client = pw->pw_uid;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "client", required_argument, NULL, 'u' },
		{ "time-limit", required_argument, NULL, 't' },
		{ "idle", required_argument, NULL, 'i' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct program p = {
		.listener = -1,
		.signals = -1,
		.seconds = WINBIND_TIME_LIMIT,
		.idle = IDLE_SECONDS,
	};
	const char *client = "ntlmd";
	int c, e;

	log_init("ntlmd-winbind", getenv("JOURNAL_STREAM"));
	while ((c = getopt_long(argc, argv, "u:t:i:hV", options, NULL)) >= 0) {
		switch (c) {
		case 'u':
			client = optarg;
			break;
		case 't':
			if (seconds_of(optarg, 1, &p.seconds))
				break;
			fprintf(stderr, "ntlmd-winbind: \"%s\" is no time limit, 1 to 3600 seconds\n",
				optarg);
			return EX_USAGE;
		case 'i':
			if (seconds_of(optarg, 0, &p.idle))
				break;
			fprintf(stderr, "ntlmd-winbind: \"%s\" is no idle time, 0 to 3600 seconds\n",
				optarg);
			return EX_USAGE;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		case 'V':
			puts("ntlmd-winbind " NTLMD_VERSION);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return EX_USAGE;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return EX_USAGE;
	}
	e = take_socket(&p);
	if (!e)
		e = find_client(&p, client);
	if (!e)
		e = take_signals(&p);
	return e ? e : loop(&p);
}
