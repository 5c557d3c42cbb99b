// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ntlmd: runs the NTLM authentication exchange for clients and servers in the
 * kernel.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#include "account/account.h"
#include "carry.h"
#include "config.h"
#include "control.h"
#include "cred/cred.h"
#include "cred/cred_file.h"
#include "log.h"
#include "netlink.h"
#include "ntlm/wipe.h"
#include "privs.h"
#include "server.h"

#ifndef NTLMD_VERSION
#define NTLMD_VERSION "unknown"
#endif

struct daemon {
	const char *config_path;
	bool config_optional;
	struct config config;
	sd_event *event;
	struct netlink *netlink;
	struct server *server;
	struct control *control;
	int control_fd;
	bool sources_open;
	sd_event_source *module;
	unsigned int module_looks;
};

/* whether the kernel module is there is looked for this often, which costs nothing */
#define MODULE_USEC	1000000
#define MODULE_PATH	"/sys/module/ntlm"
/*
 * Looks until the kernel is asked for it, which loads it. What it refuses to load,
 * for its signature, fills its log each time.
 */
#define MODULE_LOOKS	30

#define SERVING		"Serving requests of the kernel"
#define WAITING		"Waiting for the kernel module ntlm, see the log"

static void usage(FILE *to)
{
	fputs("usage: ntlmd [--config FILE] [--foreground]\n"
	      "       ntlmd [--config FILE] --check-config\n"
	      "       ntlmd --help | --version\n"
	      "\n"
	      "Runs the NTLM authentication exchange for clients and servers in the kernel.\n"
	      "\n"
	      "  -c, --config FILE   read FILE (" CONFIG_PATH ")\n"
	      "  -C, --check-config  check configuration and credential files, and exit\n"
	      "  -f, --foreground    log lines for a person to standard error\n"
	      "  -h, --help          show this text\n"
	      "  -V, --version       show the version\n"
	      "\n"
	      "It never goes into the background by itself. See ntlmd(8).\n", to);
}

static int exit_status(int error)
{
	switch (error) {
	case 0:
		return EX_OK;
	case -EBUSY:
		return EX_TEMPFAIL;
	case -ENOENT:
		return EX_UNAVAILABLE;
	case -EPERM:
		return EX_NOPERM;
	default:
		return EX_OSERR;
	}
}

/* The end of the wait for the module, unless it still is not there */
static void try_to_serve(struct daemon *d)
{
	int r = netlink_register(d->netlink, d->server);

	d->module_looks = 0;
	if (!r)
		d->module = sd_event_source_disable_unref(d->module);
	else if (r != -ENOENT)
		sd_event_exit(d->event, exit_status(r));
}

/* What a reload changes is what the sources and the server look up later. */
static void reload(struct daemon *d)
{
	struct problems problems = { 0 };
	struct config fresh, old;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64 "\nSTATUS=Reloading",
		   (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	if (config_load(&fresh, d->config_path, d->config_optional, &problems)) {
		log_msg(LOG_ERR, "%s: the previous configuration stays in force",
			d->config_path);
	} else {
		if (strcmp(fresh.user, d->config.user))
			log_msg(LOG_WARNING,
				"a change of \"user\" needs a restart");
		if (strcmp(fresh.control_socket, d->config.control_socket))
			log_msg(LOG_WARNING,
				"a change of \"control-socket\" needs a restart");
		old = d->config;
		d->config = fresh;
		config_free(&old);
		log_set_level(d->config.log_level);
	}
	cred_reload(&d->config);
	account_reload(&d->config);
	server_reload(d->server);
	if (d->module)
		try_to_serve(d);
	sd_notifyf(0, "READY=1\nSTATUS=%s", d->module ? WAITING : SERVING);
	log_msg(LOG_NOTICE, "reloaded");
}

static int on_hangup(sd_event_source *s, const struct signalfd_siginfo *si,
		     void *arg)
{
	(void)s;
	(void)si;
	reload(arg);
	return 0;
}

static int on_stop(sd_event_source *s, const struct signalfd_siginfo *si,
		   void *arg)
{
	(void)si;
	(void)arg;
	return sd_event_exit(sd_event_source_get_event(s), EX_OK);
}

/* Runs whenever something was done, before the process waits again. */
static int on_done(sd_event_source *s, void *arg)
{
	(void)s;
	(void)arg;
	wipe_registers();
	return 0;
}

static int check_config(const char *path, bool optional)
{
	struct cred_entries entries = { 0 };
	struct accounts accounts = { 0 };
	struct problems problems = { 0 };
	struct secret_owner owner;
	struct config config;

	if (config_load(&config, path, optional, &problems))
		return EX_CONFIG;
	if (cred_file_owner(&config, &owner)) {
		problem(&problems, path, 0,
			"there is no user \"%s\"; as root: systemd-sysusers",
			config.user);
	} else {
		cred_file_load(&entries, config.credentials_dir, &owner,
			       &problems);
		log_msg(LOG_INFO, "%s: %zu usable credential%s",
			config.credentials_dir, entries.count,
			entries.count == 1 ? "" : "s");
		accounts_load(&accounts, &config, &owner, &problems);
		if (config.acceptor.enabled)
			log_msg(LOG_INFO, "%zu usable account%s", accounts.count,
				accounts.count == 1 ? "" : "s");
	}
	cred_entries_free(&entries);
	accounts_free(&accounts);
	config_free(&config);
	if (problems.errors)
		log_msg(LOG_ERR, "%u error%s", problems.errors,
			problems.errors == 1 ? "" : "s");
	return problems.errors ? EX_CONFIG : EX_OK;
}

static int add_signals(struct daemon *d)
{
	static const int stop[] = { SIGTERM, SIGINT };
	sigset_t set;
	int r;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(stop) / sizeof(stop[0]); i++) {
		r = sd_event_add_signal(d->event, NULL, stop[i], on_stop, d);
		if (r < 0)
			return r;
	}
	r = sd_event_add_signal(d->event, NULL, SIGHUP, on_hangup, d);
	return r < 0 ? r : 0;
}

/* Whoever logs in means to try again. */
static void on_login_changed(void *arg, uint32_t uid, const char *pattern)
{
	struct daemon *d = arg;

	server_forget_refusals(d->server, uid, pattern);
}

static void on_list_refusals(void *arg, uint32_t uid, refusal_visit visit,
			     void *visit_arg)
{
	struct daemon *d = arg;

	server_list_refusals(d->server, uid, visit, visit_arg);
}

/* Without it the daemon still serves the kernel. */
static void start_control(struct daemon *d)
{
	const struct control_hooks hooks = {
		.arg = d,
		.version = NTLMD_VERSION,
		.login_changed = on_login_changed,
		.refusals = on_list_refusals,
	};

	d->control = control_new(d->event, d->control_fd, &hooks);
	d->control_fd = -1;
	if (!d->control)
		log_msg(LOG_ERR, "users cannot log in: out of memory");
}

static int on_module(sd_event_source *s, uint64_t usec, void *arg)
{
	struct daemon *d = arg;
	struct stat st;
	int r;

	(void)usec;
	if (++d->module_looks >= MODULE_LOOKS || !stat(MODULE_PATH, &st))
		try_to_serve(d);
	if (!d->module) {
		sd_notify(0, "STATUS=" SERVING);
		return 0;
	}
	r = sd_event_source_set_time_relative(s, MODULE_USEC);
	if (r >= 0)
		r = sd_event_source_set_enabled(s, SD_EVENT_ONESHOT);
	return r < 0 ? sd_event_exit(d->event, exit_status(r)) : 0;
}

/*
 * Ending would not help: the service manager would start it again and again, for
 * as long as there is no module for this kernel.
 */
static int start_to_serve(struct daemon *d)
{
	int r = netlink_register(d->netlink, d->server);

	if (r == -ENOENT && getenv("NOTIFY_SOCKET"))
		r = sd_event_add_time_relative(d->event, &d->module,
					       CLOCK_MONOTONIC, MODULE_USEC, 0,
					       on_module, d);
	return r < 0 ? r : 0;
}

static int start(struct daemon *d)
{
	int r;

	r = sd_event_new(&d->event);
	if (r >= 0)
		r = sd_event_set_watchdog(d->event, true);
	if (r >= 0)
		r = add_signals(d);
	if (r >= 0)
		r = sd_event_add_post(d->event, NULL, on_done, NULL);
	if (r >= 0)
		r = cred_open(d->event, &d->config);
	if (r >= 0) {
		d->sources_open = true;
		r = account_open(d->event, &d->config);
	}
	if (r < 0) {
		log_msg(LOG_ERR, "cannot start: %s", strerror(-r));
		return EX_OSERR;
	}
	d->netlink = netlink_new(d->event);
	if (d->netlink)
		d->server = server_new(d->event, &d->config, netlink_answer,
				       d->netlink);
	if (d->server && d->control_fd >= 0)
		start_control(d);
	if (!d->server) {
		log_msg(LOG_ERR, "cannot start: out of memory or randomness");
		return EX_OSERR;
	}
	carry_watch(d->event);
	r = privs_seccomp();
	if (!r)
		r = start_to_serve(d);
	return exit_status(r);
}

static void stop(struct daemon *d)
{
	sd_event_source_disable_unref(d->module);
	control_free(d->control);
	if (d->control_fd >= 0)
		close(d->control_fd);
	server_free(d->server);
	netlink_free(d->netlink);
	account_close();
	if (d->sources_open)
		cred_close();
	carry_exit();
	sd_event_unref(d->event);
	config_free(&d->config);
}

static int serve(struct daemon *d)
{
	struct problems problems = { 0 };
	int r, status;

	if (config_load(&d->config, d->config_path, d->config_optional,
			&problems))
		return EX_CONFIG;
	log_set_level(d->config.log_level);
	privs_protect_memory();
	carry_init();
	d->control_fd = control_bind(d->config.control_socket);
	r = privs_drop(d->config.user);
	if (r < 0) {
		config_free(&d->config);
		return r == -ENOENT ? EX_NOUSER : EX_NOPERM;
	}
	status = start(d);
	if (status) {
		sd_notifyf(0, "STATUS=Cannot serve, see the log");
		goto out;
	}
	sd_notifyf(0, "READY=1\nSTATUS=%s", d->module ? WAITING : SERVING);
	wipe_registers();
	r = sd_event_loop(d->event);
	sd_notify(0, "STOPPING=1\nSTATUS=Stopping");
	status = r < 0 ? EX_OSERR : r;
	if (r < 0)
		log_msg(LOG_ERR, "event loop: %s", strerror(-r));
	else if (!r)
		log_msg(LOG_NOTICE, "stopped");
out:
	stop(d);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check-config", no_argument, NULL, 'C' },
		{ "foreground", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 }
	};
	struct daemon d = {
		.config_path = CONFIG_PATH,
		.config_optional = true,
		.control_fd = -1,
	};
	bool check = false, foreground = false;
	int c;

	while ((c = getopt_long(argc, argv, "c:CfhV", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			d.config_path = optarg;
			d.config_optional = false;
			break;
		case 'C':
			check = true;
			break;
		case 'f':
			foreground = true;
			break;
		case 'h':
			usage(stdout);
			return EX_OK;
		case 'V':
			puts("ntlmd " NTLMD_VERSION);
			return EX_OK;
		default:
			usage(stderr);
			return EX_USAGE;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return EX_USAGE;
	}
	/* Whoever reads the log may go away. */
	signal(SIGPIPE, SIG_IGN);
	log_init("ntlmd", !check && !foreground);
	if (!check)
		log_open_journal(LOG_JOURNAL_SOCKET);
	if (check)
		return check_config(d.config_path, d.config_optional);
	return serve(&d);
}
