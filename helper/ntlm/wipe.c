// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <string.h>

#include "wipe.h"

/* several times what the deepest call chain of this library uses */
#define DEPTH 8192

#ifdef __x86_64__
#define EACH_OF_16(fill) \
	fill("0") fill("1") fill("2") fill("3") fill("4") fill("5") fill("6") \
	fill("7") fill("8") fill("9") fill("10") fill("11") fill("12") \
	fill("13") fill("14") fill("15")
#define EACH_OF_32(fill) \
	EACH_OF_16(fill) \
	fill("16") fill("17") fill("18") fill("19") fill("20") fill("21") \
	fill("22") fill("23") fill("24") fill("25") fill("26") fill("27") \
	fill("28") fill("29") fill("30") fill("31")
#define FILL_128(n) "pcmpeqd %%xmm" n ", %%xmm" n "\n\t"
#define FILL_256(n) "vcmpps $15, %%ymm" n ", %%ymm" n ", %%ymm" n "\n\t"
#define FILL_512(n) "vpternlogd $255, %%zmm" n ", %%zmm" n ", %%zmm" n "\n\t"
#define FILL(each, fill) \
	__asm__ volatile(each(fill) : : : "xmm0", "xmm1", "xmm2", "xmm3", \
			 "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", \
			 "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15")

/*
 * Not with zeros: the processor leaves registers that are zero out when the
 * kernel saves them, and what was saved before would stay.
 */
__attribute__((noinline))
void wipe_registers(void)
{
	if (__builtin_cpu_supports("avx512f"))
		FILL(EACH_OF_32, FILL_512);
	else if (__builtin_cpu_supports("avx"))
		FILL(EACH_OF_16, FILL_256);
	else
		FILL(EACH_OF_16, FILL_128);
}
#else
__attribute__((noinline))
#ifdef __has_attribute
#if __has_attribute(zero_call_used_regs)
__attribute__((zero_call_used_regs("all")))
#endif
#endif
void wipe_registers(void)
{
}
#endif

__attribute__((noinline))
void wipe_stack(void)
{
	uint8_t frame[DEPTH];

	explicit_bzero(frame, sizeof(frame));
	wipe_registers();
}
