/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What makes the SMB client a client of include/linux/ntlm.h.
 *
 * No stock file is edited: a few functions of the SMB client are compiled under
 * the name stock_<name>, and the files here define the real names.
 */
#ifndef _NTLM_SMB_H
#define _NTLM_SMB_H

#include "cifsglob.h"
#include "cifsfs.h"
#include "cifsproto.h"
#include "ntlmssp.h"
#include "smb2pdu.h"
#include "smb2proto.h"

struct ntlm_ctx;
struct ntlm_smb_login;

/* The same types as the public names: a changed prototype does not compile. */
extern typeof(cifs_mount) stock_cifs_mount;
extern typeof(cifs_smb3_do_mount) stock_cifs_smb3_do_mount;
extern typeof(SMB2_sess_setup) stock_SMB2_sess_setup;
extern typeof(build_ntlmssp_smb3_negotiate_blob) stock_build_ntlmssp_smb3_negotiate_blob;
extern typeof(decode_ntlmssp_challenge) stock_decode_ntlmssp_challenge;
extern typeof(build_ntlmssp_auth_blob) stock_build_ntlmssp_auth_blob;
extern typeof(map_smb2_to_linux_error) stock_map_smb2_to_linux_error;
extern typeof(sesInfoFree) stock_sesInfoFree;
#ifdef NTLM_SMB_HAS_VOLUME_INFO
extern typeof(cifs_setup_volume_info) stock_cifs_setup_volume_info;
#endif
#ifdef NTLM_SMB_WIPES_FRAMES
extern typeof(smb2_calc_signature) stock_smb2_calc_signature;
extern typeof(smb3_calc_signature) stock_smb3_calc_signature;
extern typeof(generate_smb30signingkey) stock_generate_smb30signingkey;
extern typeof(generate_smb311signingkey) stock_generate_smb311signingkey;
#endif

/**
 * struct ntlm_smb_mark - whose session it is, carried in place of a password
 * @owner: whose credentials are used; fixed at mount
 * @hard: the mount waits for a server that is away, however long
 * @host: the server as the user named it
 * @host_len: bytes of @host
 * @user: the wanted user in UTF-8
 * @user_len: bytes of @user; 0 if none was named: then the helper chooses
 * @domain: the wanted domain in UTF-8, empty if none was named
 *
 * Names need no end of their own, but for @domain, so that they can point into
 * the string that was parsed.
 */
struct ntlm_smb_mark {
	kuid_t		owner;
	bool		hard;
	const char	*host;
	size_t		host_len;
	const char	*user;
	size_t		user_len;
	const char	*domain;
};

char *ntlm_smb_mark_format(const struct ntlm_smb_mark *mark);
bool ntlm_smb_mark_parse(const char *password, struct ntlm_smb_mark *mark);

/* Kernels that know a second password try either one. */
#ifdef NTLM_SMB_HAS_PASSWORD2
#define ntlm_smb_second(of)	((of)->password2)
#else
#define ntlm_smb_second(of)	((char *)NULL)
#endif

struct ntlm_smb_login *ntlm_smb_login_alloc(void);
void ntlm_smb_login_put(struct ntlm_smb_login *login);
void ntlm_smb_login_keep(struct ntlm_smb_login *login, struct cifs_ses *ses,
			 struct ntlm_ctx *ctx);
bool ntlm_smb_login_known(const struct cifs_ses *ses);
int ntlm_smb_login_hold(const struct cifs_ses *ses);
void ntlm_smb_login_failed(const struct cifs_ses *ses, int error);

#endif /* _NTLM_SMB_H */
