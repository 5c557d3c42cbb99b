/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As much of NDR ([C706] chapter 14), little-endian, as the test calls need.
 * A reader or writer that has failed stays so; look at @failed at the end.
 */
#ifndef SELFTESTS_DCERPC_NDR_H
#define SELFTESTS_DCERPC_NDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ndr_writer {
	uint8_t	*data;
	size_t	len;
	size_t	size;
	bool	failed;
};

void ndr_put_bytes(struct ndr_writer *w, const void *data, size_t len);
void ndr_put_u16(struct ndr_writer *w, uint16_t value);
void ndr_put_u32(struct ndr_writer *w, uint32_t value);
/* A conformant and varying string of UTF-16, from ASCII, with its NUL */
void ndr_put_string(struct ndr_writer *w, const char *ascii);
void ndr_writer_free(struct ndr_writer *w);

struct ndr_reader {
	const uint8_t	*data;
	size_t		len;
	size_t		pos;
	bool		failed;
};

uint16_t ndr_get_u16(struct ndr_reader *r);
uint32_t ndr_get_u32(struct ndr_reader *r);
const uint8_t *ndr_get_bytes(struct ndr_reader *r, size_t len);
/* The same kind of string as UTF-8, to be freed; NULL if the reader failed */
char *ndr_get_string(struct ndr_reader *r);

#endif
