// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mkcontrol DIR: seeds for fuzz_control, one file for each request that makes
 * sense.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"

static void write_seed(const char *dir, const char *name,
		       struct control_request head, const char *target,
		       const char *user, const char *domain)
{
	char path[4096];
	FILE *f;

	head.magic = CONTROL_MAGIC;
	head.version = CONTROL_VERSION;
	head.uid = CONTROL_NOBODY;
	head.target_len = (uint16_t)strlen(target);
	head.user_len = (uint16_t)strlen(user);
	head.domain_len = (uint16_t)strlen(domain);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fwrite(&head, sizeof(head), 1, f) != 1 ||
	    fprintf(f, "%s%s%s", target, user, domain) < 0 || fclose(f)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	write_seed(argv[1], "login", (struct control_request){
			.op = CONTROL_LOGIN, .lifetime = 3600 },
		   "cifs/server", "alice", "LAB");
	write_seed(argv[1], "commit", (struct control_request){
			.op = CONTROL_COMMIT }, "", "", "");
	write_seed(argv[1], "logout", (struct control_request){
			.op = CONTROL_LOGOUT, .flags = CONTROL_NO_DOMAIN },
		   "*.example.com", "alice", "");
	write_seed(argv[1], "list", (struct control_request){
			.op = CONTROL_LIST, .flags = CONTROL_EVERYBODY,
			.cursor = 1030 }, "", "", "");
	write_seed(argv[1], "about", (struct control_request){
			.op = CONTROL_ABOUT }, "", "", "");
	return 0;
}
