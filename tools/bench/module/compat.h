/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the kernels that this source builds for (6.1 and later).
 */
#ifndef _NTLM_BENCH_COMPAT_H
#define _NTLM_BENCH_COMPAT_H

#include <linux/version.h>

/* The machine's process that runs the user space of @mm */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define bench_user_pid(mm) ((mm)->context.id.pid)
#else
#define bench_user_pid(mm) ((mm)->context.id.u.pid)
#endif

#endif /* _NTLM_BENCH_COMPAT_H */
