/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two calls of the server service, [MS-SRVS].
 */
#ifndef SELFTESTS_DCERPC_SRVSVC_H
#define SELFTESTS_DCERPC_SRVSVC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"
#include "ndr.h"

#define SRVSVC_NET_SHARE_ENUM		15
#define SRVSVC_NET_SERVER_GET_INFO	21

/* SERVER_INFO_101, [MS-SRVS] section 2.2.4.41 */
struct server_info {
	uint32_t	platform;
	uint32_t	major;
	uint32_t	minor;
	uint32_t	type;
	char		*name;
	char		*comment;
};

/* SHARE_INFO_1, [MS-SRVS] section 2.2.4.23 */
struct share {
	char		*name;
	char		*remark;
	uint32_t	type;
};

struct shares {
	struct share	*list;
	size_t		count;
};

void srvsvc_put_server_get_info(struct ndr_writer *w, const char *server);
void srvsvc_put_share_enum(struct ndr_writer *w, const char *server);

/*
 * Return: 0; a Win32 error of the server; or -EBADMSG if @answer is malformed.
 * What was read is to be freed in all cases.
 */
int srvsvc_get_server_info(const struct answer *answer,
			   struct server_info *info);
int srvsvc_get_shares(const struct answer *answer, struct shares *shares);

void srvsvc_free_server_info(struct server_info *info);
void srvsvc_free_shares(struct shares *shares);

#endif
