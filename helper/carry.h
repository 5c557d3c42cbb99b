/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records in memory that outlive this process: after a crash, a restart or an
 * upgrade the service manager hands them to the next one (FD store, see
 * sd_notify(3)). After an explicit stop they are gone.
 *
 * The mapping itself is the store, so there is no moment at which a crash loses
 * what was written before. What is read back is checked: an area of another
 * layout is wiped and dropped, and so is a record that is damaged.
 *
 * The memory is never swapped while it is used, is in no core dump, and no
 * child process has it. It is carried over only where it cannot reach a disk
 * in between either: in memfd_secret(2) memory, or, where the kernel has none
 * of it, while no unencrypted swap is active.
 */
#ifndef NTLMD_CARRY_H
#define NTLMD_CARRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sd_event;
struct carry;

/** CARRY_NAME_MAX - most bytes of the name of an area, without NUL */
#define CARRY_NAME_MAX 32
/** CARRY_AREAS_MAX - most areas that are taken over from the service manager */
#define CARRY_AREAS_MAX 8
/** CARRY_SIZE_MAX - most bytes of all records of an area */
#define CARRY_SIZE_MAX (16 * 1024 * 1024)

/**
 * carry_init() - take over what the service manager kept
 *
 * Called once, early: before the sandbox closes, and before anything else asks
 * sd_listen_fds(). Also finds out whether the service manager keeps
 * descriptors at all, which takes one round trip to it.
 */
void carry_init(void);

/**
 * carry_watch() - follow the swap devices that are turned on and off
 * @event: event loop
 *
 * Return: 0, or a negative errno; then the state at start stays in force.
 */
int carry_watch(struct sd_event *event);

/**
 * carry_exit() - forget what carry_init() took over and nobody opened
 *
 * Open areas stay where they are. Called at the end.
 */
void carry_exit(void);

/**
 * carry_open() - open an area of records
 * @name: [a-z-]+, at most CARRY_NAME_MAX bytes; names the area to the next
 *	process
 * @version: of the layout of a record; another one begins with an empty area
 * @record_size: bytes of a record
 * @count: number of records there is room for
 *
 * The area is the one that the process before left, if there is one that fits,
 * else a new and empty one. May be called at any time, also in the sandbox.
 * While memory of memfd_secret(2) is open the machine does not hibernate, so
 * open an area when there is something to keep, or if carry_has() says that
 * there is, and close it with carry_discard() when it is empty.
 *
 * Where the area cannot be carried over it works as well, and one log line says
 * why not and what to do.
 *
 * Return: the area, or NULL: out of memory or descriptors; it is logged.
 */
struct carry *carry_open(const char *name, uint32_t version,
			 uint32_t record_size, uint32_t count);

/** carry_has() - did the process before leave an area of this name? */
bool carry_has(const char *name);

/** carry_close() - unmap; the next process gets it. NULL is ignored */
void carry_close(struct carry *c);

/** carry_discard() - wipe and unmap; the next process does not get it */
void carry_discard(struct carry *c);

/** carry_is_kept() - would a crash now leave the records to the next process? */
bool carry_is_kept(const struct carry *c);

/** carry_get() - record at @index < count, or NULL if there is none; read only */
const void *carry_get(const struct carry *c, uint32_t index);

/**
 * carry_add() - write a record
 * @c: the area
 * @record: record_size bytes, copied
 *
 * Complete or not there at all, whenever the process dies. To replace a record
 * add the new one first and then drop the old one, and expect both after a
 * crash in between.
 *
 * Return: its index; -ENOSPC if there is no room.
 */
int64_t carry_add(struct carry *c, const void *record);

/** carry_drop() - remove the record at @index, if there is one, and wipe it */
void carry_drop(struct carry *c, uint32_t index);

#endif
