/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntlmd.conf: the administrator's decisions.
 */
#ifndef NTLMD_CONFIG_H
#define NTLMD_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "log.h"
#include "ntlm/acceptor.h"
#include "target.h"

#define CONFIG_PATH		"/etc/ntlmd/ntlmd.conf"
#define CONFIG_CREDENTIALS_DIR	"/etc/ntlmd/credentials.d"
#define CONFIG_CONTROL_SOCKET	"/run/ntlmd/control"
#define CONFIG_USER		"ntlmd"

/**
 * struct path_list - files
 * @path: @count of them
 */
struct path_list {
	char **path;
	size_t count;
};

/**
 * struct acceptor_config - section [acceptor]
 * @enabled: servers in the kernel are served
 * @uids: whose servers, @uid_count of them
 * @uid_count: number of @uids
 * @uids_given: the file says which
 * @policy: what the protocol library is told; its names are those below
 * @guest: who names no user of this computer is a guest
 * @winbind: other domains are asked through winbind
 * @guess_limit: wrong passwords of an account in @guess_window, after which none
 *	is right until it is over; 0: no limit
 * @guess_window: seconds
 * @netbios_name: of this computer
 * @netbios_domain: its domain or workgroup, or NULL
 * @dns_name: FQDN of this computer
 * @dns_domain: its domain in DNS, or NULL
 * @account_files: of ntlmd.accounts(5)
 * @smbpasswd: file of smbpasswd(5), or NULL
 */
struct acceptor_config {
	bool enabled;
	uint32_t *uids;
	size_t uid_count;
	bool uids_given;
	struct ntlm_acceptor_policy policy;
	bool guest;
	bool winbind;
	uint32_t guess_limit;
	uint32_t guess_window;
	char *netbios_name;
	char *netbios_domain;
	char *dns_name;
	char *dns_domain;
	struct path_list account_files;
	char *smbpasswd;
};

/**
 * struct config - contents of ntlmd.conf
 * @policy: what the protocol library is told; policy.workstation is @workstation
 * @workstation: sent to servers, or NULL
 * @blocked: targets that are never answered
 * @allow_unverified: wildcards match targets that a server named
 * @refusal_hold: seconds for which a refused logon is not repeated
 * @refusal_hold_limit: most seconds, after repeated refusals
 * @verdict_wait: seconds for which logons wait for the server's verdict on the
 *	first one with a credential
 * @user: account to run as when started by root
 * @log_level: LOG_ERR to LOG_DEBUG
 * @credentials_dir: directory of the administrator's credential files
 * @control_socket: path of the socket of ntlmctl login, logout and list
 * @login_lifetime: seconds until a user's login expires that does not say
 * @login_lifetime_max: most seconds it may ask for
 * @login_any_target: a user's login may be for hosts of any name
 * @winbind_targets: where the cached logon of a domain user is used
 * @winbind_any_target: they may match hosts of any name
 * @acceptor: section [acceptor]
 */
struct config {
	struct ntlm_policy policy;
	char *workstation;
	struct target_list blocked;
	bool allow_unverified;
	uint32_t refusal_hold;
	uint32_t refusal_hold_limit;
	uint32_t verdict_wait;
	char *user;
	int log_level;
	char *credentials_dir;
	char *control_socket;
	uint32_t login_lifetime;
	uint32_t login_lifetime_max;
	bool login_any_target;
	struct target_list winbind_targets;
	bool winbind_any_target;
	struct acceptor_config acceptor;
};

/**
 * config_load() - read ntlmd.conf
 * @config: receives the contents, defaults for what is not set; must be freed
 *	with config_free() on success
 * @path: the file
 * @optional: all defaults if the file does not exist
 * @problems: counts what is wrong; each error is logged with its line
 *
 * Only root may own and write the file and its directory, and no part of the
 * path may be a symbolic link: see trusted_open().
 *
 * Return: 0; -EINVAL if something is wrong, and then @config is empty; -ENOMEM.
 */
int config_load(struct config *config, const char *path, bool optional,
		struct problems *problems);

/** config_load_owned() - the same, of a file that belongs to @owner, not root */
int config_load_owned(struct config *config, const char *path, bool optional,
		      uid_t owner, struct problems *problems);

/** config_parse() - the same, of a file that is open; @path is for logs */
int config_parse(struct config *config, const char *path, FILE *file,
		 struct problems *problems);

/** config_free() - free what config_load() made */
void config_free(struct config *config);

#endif
