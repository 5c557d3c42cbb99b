/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to be there for a mount: the SMB client that asks ntlmd, and ntlmd.
 */
#ifndef MOUNT_NTLM_KERNEL_H
#define MOUNT_NTLM_KERNEL_H

#include <stdbool.h>

/**
 * enum smb_client - which SMB client the kernel has
 * @SMB_CLIENT_NONE: none, and none could be loaded
 * @SMB_CLIENT_OTHER: one that logs on by itself
 * @SMB_CLIENT_NTLM: the one that asks ntlmd
 */
enum smb_client {
	SMB_CLIENT_NONE,
	SMB_CLIENT_OTHER,
	SMB_CLIENT_NTLM,
};

/** kernel_smb_client() - load the SMB client if need be, and see which it is */
enum smb_client kernel_smb_client(void);

/** kernel_has_helper() - is an ntlmd registered in this network namespace? */
bool kernel_has_helper(void);

#endif
