// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tricks of an endpoint mapper.
 */
#include <string.h>

#include "rogue.h"

/* As an endpoint mapper: every answer is @stub. */
static void map_answer(struct rogue *r, const void *stub, size_t len)
{
	rogue_accept(r);
	rogue_read_request(r);
	rogue_respond(r, PFC_BOTH, stub, len);
	rogue_wait_close(r);
}

static void map_empty(struct rogue *r)
{
	map_answer(r, NULL, 0);
}

static void map_noise(struct rogue *r)
{
	uint8_t noise[1000];
	size_t i;

	for (i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * 57 + 13);
	map_answer(r, noise, sizeof(noise));
}

/*
 * handle, num_towers, max, offset, actual, one reference, size and length of a
 * tower of five floors, status
 */
#define MAP_COUNT	20
#define MAP_ACTUAL	32
#define MAP_REF		36
#define MAP_SIZE	40
#define MAP_LENGTH	44
#define MAP_TOWER	48
#define MAP_FLOOR4	(MAP_TOWER + 2 + 25 + 25 + 7)
#define MAP_STATUS	(MAP_TOWER + 76)
#define MAP_LEN		(MAP_STATUS + 4)

static void make_map(struct rogue *r, uint8_t map[MAP_LEN], unsigned int port)
{
	if (r->stub_len < 36 + 75)
		rogue_client_wrong("ept_map request");
	memset(map, 0, MAP_LEN);
	put32(map + MAP_COUNT, 1);
	put32(map + MAP_COUNT + 4, 4);
	put32(map + MAP_ACTUAL, 1);
	put32(map + MAP_REF, 3);
	put32(map + MAP_SIZE, 75);
	put32(map + MAP_LENGTH, 75);
	/* The tower that was asked for, with a port */
	memcpy(map + MAP_TOWER, r->stub + 32, 75);
	map[MAP_FLOOR4 + 5] = (uint8_t)(port >> 8);
	map[MAP_FLOOR4 + 6] = (uint8_t)port;
}

static void map_with(struct rogue *r, size_t off, uint32_t value, size_t len)
{
	uint8_t map[MAP_LEN];

	rogue_accept(r);
	rogue_read_request(r);
	make_map(r, map, 4711);
	if (off)
		put32(map + off, value);
	rogue_respond(r, PFC_BOTH, map, len);
	rogue_wait_close(r);
}

static void map_good(struct rogue *r)
{
	map_with(r, 0, 0, MAP_LEN);
}

static void map_short(struct rogue *r)
{
	map_with(r, 0, 0, MAP_LEN - 1);
}

static void map_many(struct rogue *r)
{
	map_with(r, MAP_ACTUAL, 0x40000000, MAP_LEN);
}

static void map_five(struct rogue *r)
{
	map_with(r, MAP_ACTUAL, 5, MAP_LEN);
}

static void map_long_tower(struct rogue *r)
{
	map_with(r, MAP_LENGTH, 0xfffffff0, MAP_LEN);
}

static void map_tower_to_end(struct rogue *r)
{
	map_with(r, MAP_LENGTH, 81, MAP_LEN);
}

static void map_long_floor(struct rogue *r)
{
	map_with(r, MAP_TOWER, 0xffff0005, MAP_LEN);
}

static void map_no_floors(struct rogue *r)
{
	map_with(r, MAP_TOWER, 0x00130000, MAP_LEN);
}

static void map_other_interface(struct rogue *r)
{
	map_with(r, MAP_TOWER + 5, 0x11223344, MAP_LEN);
}

/* No tower at the only reference; the status comes next. */
static void map_null(struct rogue *r)
{
	uint8_t map[MAP_LEN];

	rogue_accept(r);
	rogue_read_request(r);
	make_map(r, map, 4711);
	put32(map + MAP_REF, 0);
	put32(map + MAP_SIZE, 0);
	rogue_respond(r, PFC_BOTH, map, MAP_SIZE + 4);
	rogue_wait_close(r);
}

static void map_status(struct rogue *r)
{
	map_with(r, MAP_STATUS, 0x16c9a0d6, MAP_LEN);
}

static void map_other_status(struct rogue *r)
{
	map_with(r, MAP_STATUS, 0x16c9a0d7, MAP_LEN);
}

static void map_port_zero(struct rogue *r)
{
	uint8_t map[MAP_LEN];

	rogue_accept(r);
	rogue_read_request(r);
	make_map(r, map, 0);
	rogue_respond(r, PFC_BOTH, map, MAP_LEN);
	rogue_wait_close(r);
}

const struct trick map_tricks[] = {
	{ "map-good", map_good },
	{ "map-empty", map_empty },
	{ "map-noise", map_noise },
	{ "map-short", map_short },
	{ "map-many", map_many },
	{ "map-five", map_five },
	{ "map-long-tower", map_long_tower },
	{ "map-tower-to-end", map_tower_to_end },
	{ "map-long-floor", map_long_floor },
	{ "map-no-floors", map_no_floors },
	{ "map-other-interface", map_other_interface },
	{ "map-null", map_null },
	{ "map-status", map_status },
	{ "map-other-status", map_other_status },
	{ "map-port-zero", map_port_zero },
	{ 0 },
};
