/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bridge: carries tokens and messages between the kernel's initiator and
 * the acceptor of GSSAPI.
 */
#ifndef SELFTESTS_GSS_BRIDGE_H
#define SELFTESTS_GSS_BRIDGE_H

#include "../session/link.h"
#include "../session/message.h"
#include "acceptor.h"

/* The target of the credential that is right */
#define TARGET_GOOD "test/good.example"

/**
 * struct bridge - a client in the kernel and its server
 * @link: the client's context
 * @acceptor: the server
 * @result: what the last step of the client returned
 */
struct bridge {
	struct link	link;
	struct acceptor	acceptor;
	int		result;
};

/* How an exchange is run; zeros: a good one */
struct course {
	const char	*target;
	uint32_t	required;
	uint32_t	wished;
	uint32_t	min_key_bits;
	const char	*client_bindings;
	const char	*server_bindings;
	uint32_t	offer;
	/* altered on the way */
	void		(*negotiate)(uint8_t *token, size_t len);
	void		(*challenge)(uint8_t *token, size_t len);
};

/**
 * bridge_open() - run the exchange as far as it goes
 * @b: set; result is 0 if the client thinks that it is established, and what
 *	the server thinks is in its acceptor
 * @c: how
 */
void bridge_open(struct bridge *b, const struct course *c);
void bridge_close(struct bridge *b);

/** bridge_good() - both must be content, or the test ends */
void bridge_good(struct bridge *b, const struct course *c);

/** bridge_refused() - the client has done its part, the server refuses */
void bridge_refused(struct bridge *b, const struct course *c);

/** bridge_failed() - the client itself ends the exchange, with @want */
void bridge_failed(struct bridge *b, const struct course *c, int want);

/** bridge_messages() - @count messages, directions in random order */
void bridge_messages(struct bridge *b, struct rng *r, bool seal, bool sign,
		     unsigned int count);

#endif
