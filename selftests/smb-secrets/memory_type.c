// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory_type FILE COMMAND [ARG...]: runs the command on a terminal and types the
 * first line of FILE when it asks for a password.
 *
 * As a person does it: one key at a time, and nothing of it is left behind here.
 * FILE is read past the page cache.
 */
#include <err.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PAGE	4096
#define TRIES	600

static const struct timespec while_waiting = { .tv_nsec = 50000000 };

static void wait_for_question(int terminal)
{
	struct termios t;

	for (int i = 0; i < TRIES; i++) {
		if (tcgetattr(terminal, &t) < 0)
			err(1, "terminal");
		if (!(t.c_lflag & ECHO))
			return;
		nanosleep(&while_waiting, NULL);
	}
	errx(1, "nobody asks for a password");
}

static void type_line(int terminal, const char *path)
{
	char *text = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open(path, O_RDONLY | O_DIRECT);
	ssize_t n;

	if (text == MAP_FAILED || mlock(text, PAGE) < 0)
		err(1, "memory");
	n = fd < 0 ? -1 : read(fd, text, PAGE);
	if (n < 0)
		err(1, "%s", path);
	for (ssize_t i = 0; i < n; i++) {
		if (write(terminal, text + i, 1) != 1)
			warn("terminal");
		if (text[i] == '\n')
			break;
	}
	explicit_bzero(text, PAGE);
	munmap(text, PAGE);
	close(fd);
}

int main(int argc, char **argv)
{
	int terminal, status;
	char said[256];
	ssize_t n;
	pid_t pid;

	if (argc < 3)
		errx(2, "usage: memory_type FILE COMMAND [ARG...]");
	pid = forkpty(&terminal, NULL, NULL, NULL);
	if (pid < 0)
		err(1, "forkpty");
	if (!pid) {
		execv(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	wait_for_question(terminal);
	type_line(terminal, argv[1]);
	while ((n = read(terminal, said, sizeof(said))) > 0)
		fwrite(said, 1, (size_t)n, stderr);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
