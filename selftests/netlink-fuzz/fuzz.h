/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hostile helper at random: one thread that sends messages of all kinds, and
 * clients whose contexts hang on it.
 */
#ifndef NTLM_SELFTESTS_NETLINK_FUZZ_H
#define NTLM_SELFTESTS_NETLINK_FUZZ_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/driver.h"
#include "../lib/nl.h"
#include "../lib/tap.h"

#define CLIENTS		16
#define SOCKETS		4	/* in the network namespace of the clients */
#define STRANGERS	2	/* in another one */
#define PENDING		48
#define SENT		16
#define ERRNOS		160

/* Every session key begins like this, and nothing else does. */
#define KEY_MARK	"\xf7K\x01" "EY\xe4"
#define KEY_MARK_LEN	6

/* --- numbers at random -------------------------------------------------- */

struct rng {
	uint64_t state;
};

uint64_t rng_next(struct rng *r);
/* 0 to n - 1 */
uint32_t rng_below(struct rng *r, uint32_t n);
/* true in @percent of all cases */
bool rng_percent(struct rng *r, unsigned int percent);
/* Bytes that hold no key. */
void rng_fill(struct rng *r, void *to, size_t len);
/* Mostly small, sometimes at or beyond @limit. */
size_t rng_len(struct rng *r, size_t limit);

/* --- clients ------------------------------------------------------------ */

/* What a client asked for. */
struct want {
	uint32_t	role, mode, required, wished, min_key_bits;
	bool		allow_legacy, spnego, bindings;
};

/**
 * struct sent - a DONE for a context
 * @taken: its result was 0
 * @established: attribute ESTABLISHED
 * @has_flags: attribute FLAGS, once and whole
 * @has_key: attribute SESSION_KEY, likewise
 * @bad_mic: attribute PEER_MIC, which is not the right one
 * @has_mic: attribute PEER_MIC
 * @guest: IDENTITY says so
 * @no_bindings: channel bindings are not in GRANTED
 * @flags: see @has_flags
 * @key: see @has_key
 * @list: attribute MECH_LIST, @list_len bytes
 */
struct sent {
	bool		taken, established, has_flags, has_key, bad_mic;
	bool		has_mic, guest, no_bindings;
	uint32_t	flags;
	uint8_t		key[NTLM_SESSION_KEY_SIZE];
	size_t		list_len;
	uint8_t		list[NTLM_MAX_MECH_LIST];
};

struct fuzz;

/**
 * struct fuzz_client - a thread with one context after the other
 * @fd: the context, or -1
 * @id: of the context
 * @cancelled: so it was, or may have been
 * @status: errnos that the helper gave it
 * @sent: the last answers of the helper, @nsent in all
 *
 * All but @thread, @rng and the numbers at the end are under struct fuzz.lock.
 */
struct fuzz_client {
	pthread_t	thread;
	struct fuzz	*fuzz;
	struct rng	rng;
	int		fd;
	uint32_t	id;
	struct want	want;
	bool		cancelled;
	bool		status[ERRNOS];
	struct sent	sent[SENT];
	unsigned int	nsent;
	unsigned long	contexts, established, refused;
};

void *client_thread(void *arg);

/* --- the helper --------------------------------------------------------- */

/**
 * struct pending - a request that was accepted
 * @cookie: its name
 * @id: of the context
 * @leg: of the exchange
 * @want: what its client asked for
 * @stale: it was answered or belongs to an earlier helper: no answer can be
 *	taken any more
 */
struct pending {
	uint64_t	cookie;
	uint32_t	id, leg;
	struct want	want;
	bool		stale;
};

/**
 * struct fuzz - a network namespace with its clients, and a stranger's
 * @lock: held from before a message is made until its result is known, so that
 *	clients know what was taken
 * @loose: nobody notes which answers were sent
 * @helper: number of the registered socket, or -1
 * @results: how often each errno was the answer of DONE
 */
struct fuzz {
	pthread_mutex_t	lock;
	struct rng	rng;
	atomic_bool	stop;
	bool		loose;
	struct nl	socket[SOCKETS];
	struct nl	stranger[STRANGERS];
	struct nl	admin, listener;
	int		home, abroad;
	int		helper;
	struct fuzz_client client[CLIENTS];
	struct pending	pending[PENDING];
	unsigned int	npending;
	unsigned long	messages, done, accepted, registered, dumped, events;
	unsigned long	results[ERRNOS];
};

/* Makes @count messages; ends the test when something is not as documented. */
void helper_run(struct fuzz *f, unsigned long count);

/* --- tests -------------------------------------------------------------- */

extern unsigned long messages;
extern uint64_t seed;

/* Clients in a new network namespace; the caller's thread moves there. */
void world_open(struct fuzz *f, uint64_t number);
/* Ends the clients. */
void world_stop(struct fuzz *f);
/* What is left is nothing, and the family still serves. */
void world_check(struct fuzz *f);

void random_messages(void);
void helpers_come_and_go(void);
void network_namespaces_go_away(void);

/* --- messages ----------------------------------------------------------- */

#define DONE_ATTRS	400
#define DONE_BYTES	(96 * 1024)

/* A DONE as a list that can be changed before it becomes a message. */
struct draft {
	struct {
		uint16_t	type;
		uint16_t	len;
		const uint8_t	*data;
	}		attr[DONE_ATTRS];
	unsigned int	count;
	uint8_t		bytes[DONE_BYTES];
	size_t		used;
};

/*
 * A DONE that an honest helper may send, or one that is changed at random.
 * @before: the answer that gave flags and key already, or NULL
 */
void draft_done(struct rng *r, struct draft *d, const struct pending *p,
		const struct sent *before, bool honest);
/* Attributes of any kind. */
void draft_noise(struct rng *r, struct draft *d);
/* The message; @twist: header and end are changed at random, too. */
void draft_put(struct rng *r, struct nl *nl, struct nl_msg *m, uint8_t cmd,
	       const struct draft *d, bool twist);

/* The last attribute of a type, which is the one that counts, or NULL */
const struct nlattr *msg_find(const struct nl_msg *m, uint16_t type);
/* The value of a number of @size bytes; 0 if there is none */
uint64_t msg_number(const struct nl_msg *m, uint16_t type, size_t size);
/* What makes a DONE malformed, by the documentation alone, or NULL */
const char *msg_wrong(const struct nl_msg *m);
/* What clients have to know of a DONE */
struct sent msg_sent(const struct nl_msg *m, const struct want *want,
		     const struct sent *before);

#endif /* NTLM_SELFTESTS_NETLINK_FUZZ_H */
