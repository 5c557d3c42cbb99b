/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the kernels that this source builds for: 6.1 and later, but
 * for 6.16 and 6.17.
 */
#ifndef _NTLM_COMPAT_H
#define _NTLM_COMPAT_H

#include <linux/export.h>
#include <linux/slab.h>
#include <linux/version.h>

/* The source of a __string() is kept by the event since 6.10. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define ntlm_assign_str(dst, src) __assign_str(dst)
#else
#define ntlm_assign_str(dst, src) __assign_str(dst, src)
#endif

/*
 * Contexts hold keys: keep them out of slabs that others allocate from.  Before
 * 6.5 no flag asks for that, and a constructor, which would, does not go with
 * memory that is asked for zeroed.  There it is their size that nobody shares.
 */
#ifdef SLAB_NO_MERGE
#define NTLM_SLAB_FLAGS	(SLAB_HWCACHE_ALIGN | SLAB_NO_MERGE)
#else
#define NTLM_SLAB_FLAGS	SLAB_HWCACHE_ALIGN
#endif

/*
 * MD5 and HMAC-MD5 are library functions since 6.18.  In 6.16 and 6.17 there are
 * none yet, and the hash driver keeps another state than struct md5_state: hmac.c
 * would find that out only when the module is loaded.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#error "ntlm: no support for Linux 6.16 and 6.17: take 6.15 or older, 6.18 or newer"
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define NTLM_LIB_MD5	1
#endif

/* crypto_memneq() left <crypto/algapi.h> in 6.6. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#include <crypto/utils.h>
#else
#include <crypto/algapi.h>
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/*
 * What the KUnit suites of ntlm_kunit.ko see of ntlm.ko, and nobody else.  A build
 * can do without them on a kernel that has KUnit, so Kbuild says whether there are
 * any.  The name of a symbol namespace is a string since 6.13.
 */
#ifndef NTLM_KUNIT
#define EXPORT_SYMBOL_NTLM_KUNIT(symbol)
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define EXPORT_SYMBOL_NTLM_KUNIT(symbol) EXPORT_SYMBOL_NS_GPL(symbol, "NTLM_KUNIT")
#define NTLM_IMPORT_KUNIT() MODULE_IMPORT_NS("NTLM_KUNIT")
#else
#define EXPORT_SYMBOL_NTLM_KUNIT(symbol) EXPORT_SYMBOL_NS_GPL(symbol, NTLM_KUNIT)
#define NTLM_IMPORT_KUNIT() MODULE_IMPORT_NS(NTLM_KUNIT)
#endif

#endif /* _NTLM_COMPAT_H */
