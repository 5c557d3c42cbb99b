/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the package ntlm-cifs-dkms says of the running kernel.
 */
#ifndef TOOLS_SMB_REFUSAL_H
#define TOOLS_SMB_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

/** SMB_REFUSAL_SIZE - bytes of the longest reason, with NUL */
#define SMB_REFUSAL_SIZE 768

/**
 * smb_refusal() - why the package built no SMB client that asks ntlmd
 * @release: which kernel, as uname(2) has it
 * @why: gets one line, which also names what to do
 *
 * Return: false if it did not refuse to, or is not installed.
 */
bool smb_refusal(const char *release, char why[SMB_REFUSAL_SIZE]);

#endif
