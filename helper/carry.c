// SPDX-License-Identifier: GPL-2.0-or-later
#include "carry.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <nettle/sha2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "carry_store.h"
#include "carry_swap.h"
#include "log.h"
#include "memory.h"

#define MAGIC		"NTLMCRY1"
#define SLOT_USED	UINT32_C(0x55736564)
#define DIGEST_SIZE	16
#define ALIGNMENT	16

struct header {
	char magic[8];
	uint32_t version;
	uint32_t record_size;
	uint32_t count;
	uint8_t pad[12];
};

/* The record follows. Used is written last when one is made, first when not. */
struct slot {
	_Atomic uint32_t used;
	uint32_t pad[3];
	uint8_t digest[DIGEST_SIZE];
};

struct carry {
	struct carry *next;
	char name[CARRY_NAME_MAX + 1];
	int fd;
	bool secret;
	bool stored;
	size_t size;
	size_t stride;
	struct header *header;
};

struct found {
	char name[CARRY_NAME_MAX + 1];
	int fd;
	bool secret;
	size_t size;
};

static struct {
	struct found found[CARRY_AREAS_MAX];
	unsigned int found_count;
	struct carry *open;
	int swaps;
	sd_event_source *watch;
	bool said_no_manager;
	bool said_swap;
} state = { .swaps = -1 };

static struct slot *slot_at(const struct carry *c, uint32_t index)
{
	return (struct slot *)((uint8_t *)(c->header + 1) + index * c->stride);
}

static void *record_of(struct slot *slot)
{
	return slot + 1;
}

static size_t stride_of(uint32_t record_size)
{
	size_t size = sizeof(struct slot) + record_size;

	return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void digest_record(const struct carry *c, uint32_t index,
			  const void *record, uint8_t digest[DIGEST_SIZE])
{
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, sizeof(index), (const uint8_t *)&index);
	sha256_update(&sha, c->header->record_size, record);
	sha256_digest(&sha, DIGEST_SIZE, digest);
	explicit_bzero(&sha, sizeof(sha));
}

/* --- what the process before left -------------------------------------- */

static void wipe_descriptor(int fd, size_t size)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return;
	explicit_bzero(map, size);
	munmap(map, size);
}

static void forget(const char *name, int fd, size_t size)
{
	wipe_descriptor(fd, size);
	store_remove(name);
	close(fd);
}

static void on_found(const char *name, int fd)
{
	struct found *f = &state.found[state.found_count];
	enum memory_kind kind = memory_kind(fd);
	struct stat st;

	fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (kind == MEMORY_OTHER || fstat(fd, &st) < 0 || st.st_size <= 0 ||
	    st.st_size > CARRY_SIZE_MAX * 2 || strlen(name) > CARRY_NAME_MAX) {
		log_msg(LOG_WARNING,
			"descriptor \"%s\" of the service manager is no memory of ntlmd: dropped",
			name);
		store_remove(name);
		close(fd);
		return;
	}
	if (carry_has(name) || state.found_count == CARRY_AREAS_MAX) {
		log_msg(LOG_WARNING,
			"the service manager has \"%s\" more than once, or too many areas: dropped",
			name);
		forget(name, fd, (size_t)st.st_size);
		return;
	}
	*f = (struct found){
		.fd = fd,
		.secret = kind == MEMORY_SECRET,
		.size = (size_t)st.st_size,
	};
	strcpy(f->name, name);
	state.found_count++;
}

void carry_init(void)
{
	store_init(on_found);
	state.swaps = open("/proc/swaps", O_RDONLY | O_CLOEXEC);
}

bool carry_has(const char *name)
{
	for (unsigned int i = 0; i < state.found_count; i++)
		if (!strcmp(state.found[i].name, name))
			return true;
	return false;
}

static bool take_found(const char *name, struct found *f)
{
	for (unsigned int i = 0; i < state.found_count; i++) {
		if (strcmp(state.found[i].name, name))
			continue;
		*f = state.found[i];
		state.found[i] = state.found[--state.found_count];
		return true;
	}
	return false;
}

void carry_exit(void)
{
	for (unsigned int i = 0; i < state.found_count; i++)
		forget(state.found[i].name, state.found[i].fd,
		       state.found[i].size);
	state.found_count = 0;
	state.watch = sd_event_source_disable_unref(state.watch);
	if (state.swaps >= 0)
		close(state.swaps);
	state.swaps = -1;
}

/* --- is it kept? --------------------------------------------------------- */

static bool may_be_kept(const struct carry *c)
{
	char why[PATH_MAX + 64] = "?";

	if (!store_works()) {
		if (!state.said_no_manager)
			log_msg(LOG_NOTICE,
				"no service manager keeps memory for the next start: logins of users and refusals end with this process (under systemd: Type=notify, FileDescriptorStoreMax=%d)",
				CARRY_AREAS_MAX);
		state.said_no_manager = true;
		return false;
	}
	if (c->secret || swap_is_safe("", why, sizeof(why))) {
		state.said_swap = false;
		return true;
	}
	if (!state.said_swap)
		log_msg(LOG_WARNING,
			"what users logged in with is not carried over a restart of ntlmd: it could reach the disk, for this kernel has no secret memory and swap is not known to be encrypted (%s). Boot with secretmem.enable=1, encrypt that swap, or turn it off",
			why);
	state.said_swap = true;
	return false;
}

static void decide(struct carry *c)
{
	bool keep = may_be_kept(c);
	int r;

	if (keep == c->stored)
		return;
	if (!keep) {
		store_remove(c->name);
		c->stored = false;
		return;
	}
	r = store_put(c->name, c->fd);
	if (r < 0)
		log_msg(LOG_WARNING,
			"the service manager does not take memory to keep: %s",
			strerror(-r));
	c->stored = r >= 0;
}

static int on_swaps(sd_event_source *s, int fd, uint32_t revents, void *arg)
{
	char buf[256];

	(void)s;
	(void)revents;
	(void)arg;
	/* the file tells of changes only to those that have read it */
	lseek(fd, 0, SEEK_SET);
	if (read(fd, buf, sizeof(buf)) < 0)
		log_msg(LOG_DEBUG, "/proc/swaps: %s", strerror(errno));
	for (struct carry *c = state.open; c; c = c->next)
		decide(c);
	return 0;
}

int carry_watch(sd_event *event)
{
	if (state.swaps < 0)
		return -ENOENT;
	return sd_event_add_io(event, &state.watch, state.swaps, EPOLLPRI,
			       on_swaps, NULL);
}

/* --- areas ------------------------------------------------------------- */

static bool map_area(struct carry *c)
{
	void *map = mmap(NULL, c->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 c->fd, 0);

	if (map == MAP_FAILED)
		return false;
	if (!c->secret && mlock(map, c->size) < 0)
		log_msg(LOG_WARNING,
			"MEMORY IS NOT LOCKED: password hashes may reach swap (%s); set LimitMEMLOCK=infinity in the unit",
			strerror(errno));
	madvise(map, c->size, MADV_DONTDUMP);
	madvise(map, c->size, MADV_DONTFORK);
	c->header = map;
	return true;
}

/* Every slot that holds no whole record is wiped, also what a crash left. */
static unsigned int check_slots(struct carry *c)
{
	size_t record_size = c->header->record_size;
	unsigned int damaged = 0;

	for (uint32_t i = 0; i < c->header->count; i++) {
		struct slot *slot = slot_at(c, i);
		uint32_t used = atomic_load(&slot->used);
		uint8_t digest[DIGEST_SIZE];

		if (used == SLOT_USED) {
			digest_record(c, i, record_of(slot), digest);
			if (!memcmp(digest, slot->digest, sizeof(digest)))
				continue;
		}
		damaged += used != 0;
		explicit_bzero(slot, sizeof(*slot) + record_size);
	}
	return damaged;
}

static bool take_over(struct carry *c, const struct header *want)
{
	struct found f;
	unsigned int damaged;

	if (!take_found(c->name, &f))
		return false;
	c->fd = f.fd;
	c->secret = f.secret;
	if (f.size != c->size || !map_area(c) ||
	    memcmp(c->header, want, sizeof(*want))) {
		log_msg(LOG_WARNING,
			"memory \"%s\" of the process before has another layout: wiped",
			c->name);
		if (c->header)
			munmap(c->header, c->size);
		c->header = NULL;
		forget(c->name, f.fd, f.size);
		return false;
	}
	c->stored = true;
	damaged = check_slots(c);
	if (damaged)
		log_msg(LOG_WARNING,
			"memory \"%s\" of the process before: %u damaged record%s dropped",
			c->name, damaged, damaged == 1 ? "" : "s");
	return true;
}

static bool make_new(struct carry *c, const struct header *want)
{
	c->fd = memory_create(c->name, c->size, &c->secret);
	if (c->fd >= 0 && map_area(c)) {
		explicit_bzero(c->header, c->size);
		*c->header = *want;
		return true;
	}
	log_msg(LOG_ERR, "no memory for \"%s\": %s", c->name, strerror(errno));
	if (c->fd >= 0)
		close(c->fd);
	return false;
}

struct carry *carry_open(const char *name, uint32_t version,
			 uint32_t record_size, uint32_t count)
{
	struct header want = {
		.magic = MAGIC,
		.version = version,
		.record_size = record_size,
		.count = count,
	};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct carry *c = calloc(1, sizeof(*c));

	if (!c || strlen(name) > CARRY_NAME_MAX || !record_size || !count ||
	    record_size > CARRY_SIZE_MAX / count) {
		log_msg(LOG_ERR, "no memory for \"%s\"", name);
		free(c);
		return NULL;
	}
	strcpy(c->name, name);
	c->stride = stride_of(record_size);
	c->size = (sizeof(struct header) + c->stride * count + page - 1) /
		  page * page;
	if (!take_over(c, &want) && !make_new(c, &want)) {
		free(c);
		return NULL;
	}
	c->next = state.open;
	state.open = c;
	decide(c);
	return c;
}

static void release(struct carry *c)
{
	for (struct carry **p = &state.open; *p; p = &(*p)->next)
		if (*p == c) {
			*p = c->next;
			break;
		}
	munmap(c->header, c->size);
	close(c->fd);
	free(c);
}

void carry_close(struct carry *c)
{
	if (!c)
		return;
	/* what nobody keeps is given back to the kernel: nothing may be in it */
	if (!c->stored)
		explicit_bzero(c->header, c->size);
	release(c);
}

void carry_discard(struct carry *c)
{
	if (!c)
		return;
	explicit_bzero(c->header, c->size);
	if (c->stored)
		store_remove(c->name);
	release(c);
}

bool carry_is_kept(const struct carry *c)
{
	return c->stored;
}

/* --- records ----------------------------------------------------------- */

const void *carry_get(const struct carry *c, uint32_t index)
{
	struct slot *slot;

	if (index >= c->header->count)
		return NULL;
	slot = slot_at(c, index);
	return atomic_load(&slot->used) == SLOT_USED ? record_of(slot) : NULL;
}

int64_t carry_add(struct carry *c, const void *record)
{
	for (uint32_t i = 0; i < c->header->count; i++) {
		struct slot *slot = slot_at(c, i);

		if (atomic_load(&slot->used))
			continue;
		memcpy(record_of(slot), record, c->header->record_size);
		digest_record(c, i, record, slot->digest);
		atomic_store(&slot->used, SLOT_USED);
		return i;
	}
	return -ENOSPC;
}

void carry_drop(struct carry *c, uint32_t index)
{
	struct slot *slot;

	if (index >= c->header->count)
		return;
	slot = slot_at(c, index);
	atomic_store(&slot->used, 0);
	explicit_bzero(slot->digest, sizeof(slot->digest));
	explicit_bzero(record_of(slot), c->header->record_size);
}
