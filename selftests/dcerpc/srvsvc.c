// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "srvsvc.h"

/* Any number but 0 stands for "a pointer to what follows". */
#define REFERENT 0x20000

void srvsvc_put_server_get_info(struct ndr_writer *w, const char *server)
{
	ndr_put_u32(w, REFERENT);
	ndr_put_string(w, server);
	ndr_put_u32(w, 101);
}

void srvsvc_put_share_enum(struct ndr_writer *w, const char *server)
{
	ndr_put_u32(w, REFERENT);
	ndr_put_string(w, server);
	ndr_put_u32(w, 1);		/* InfoStruct.Level */
	ndr_put_u32(w, 1);		/* its union */
	ndr_put_u32(w, REFERENT);
	ndr_put_u32(w, 0);		/* EntriesRead */
	ndr_put_u32(w, 0);		/* Buffer */
	ndr_put_u32(w, UINT32_MAX);	/* PreferedMaximumLength */
	ndr_put_u32(w, 0);		/* ResumeHandle */
}

int srvsvc_get_server_info(const struct answer *answer,
			   struct server_info *info)
{
	struct ndr_reader r = { answer->data, answer->len, 0, false };
	bool present, name, comment;
	uint32_t status;

	memset(info, 0, sizeof(*info));
	if (ndr_get_u32(&r) != 101)
		return -EBADMSG;
	present = ndr_get_u32(&r);
	if (present) {
		info->platform = ndr_get_u32(&r);
		name = ndr_get_u32(&r);
		info->major = ndr_get_u32(&r);
		info->minor = ndr_get_u32(&r);
		info->type = ndr_get_u32(&r);
		comment = ndr_get_u32(&r);
		if (name)
			info->name = ndr_get_string(&r);
		if (comment)
			info->comment = ndr_get_string(&r);
	}
	status = ndr_get_u32(&r);
	if (r.failed || r.pos != r.len || status > INT32_MAX ||
	    (!status && !present))
		return -EBADMSG;
	return (int)status;
}

static void get_share_list(struct ndr_reader *r, struct shares *shares,
			   uint32_t count)
{
	struct { bool name, remark; } *refs;
	uint32_t i;

	/* Three words of an entry are in the message at the least. */
	if (ndr_get_u32(r) != count || count > (r->len - r->pos) / 12) {
		r->failed = true;
		return;
	}
	refs = calloc(count + 1ul, sizeof(*refs));
	shares->list = calloc(count + 1ul, sizeof(*shares->list));
	if (!refs || !shares->list) {
		r->failed = true;
		free(refs);
		return;
	}
	shares->count = count;
	for (i = 0; i < count; i++) {
		refs[i].name = ndr_get_u32(r);
		shares->list[i].type = ndr_get_u32(r);
		refs[i].remark = ndr_get_u32(r);
	}
	for (i = 0; i < count; i++) {
		if (refs[i].name)
			shares->list[i].name = ndr_get_string(r);
		if (refs[i].remark)
			shares->list[i].remark = ndr_get_string(r);
	}
	free(refs);
}

int srvsvc_get_shares(const struct answer *answer, struct shares *shares)
{
	struct ndr_reader r = { answer->data, answer->len, 0, false };
	uint32_t count, total, status;

	memset(shares, 0, sizeof(*shares));
	if (ndr_get_u32(&r) != 1 || ndr_get_u32(&r) != 1)
		return -EBADMSG;
	if (ndr_get_u32(&r)) {
		count = ndr_get_u32(&r);
		if (ndr_get_u32(&r))
			get_share_list(&r, shares, count);
		else if (count)
			return -EBADMSG;
	}
	total = ndr_get_u32(&r);
	if (ndr_get_u32(&r))
		ndr_get_u32(&r);
	status = ndr_get_u32(&r);
	if (r.failed || r.pos != r.len || status > INT32_MAX ||
	    (!status && total != shares->count))
		return -EBADMSG;
	return (int)status;
}

void srvsvc_free_server_info(struct server_info *info)
{
	free(info->name);
	free(info->comment);
	memset(info, 0, sizeof(*info));
}

void srvsvc_free_shares(struct shares *shares)
{
	size_t i;

	for (i = 0; i < shares->count; i++) {
		free(shares->list[i].name);
		free(shares->list[i].remark);
	}
	free(shares->list);
	memset(shares, 0, sizeof(*shares));
}
