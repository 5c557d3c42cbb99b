// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The server that ntlm_example talks to: an NTLM acceptor through GSSAPI
 * (gss-ntlmssp).  Takes one connection and answers one sealed message.
 *
 *	NTLM_USER_FILE=FILE example_server PORT
 *
 * FILE holds lines DOMAIN:USER:PASSWORD.  Exit status 0 if the message could be
 * unsealed.
 */
#include <arpa/inet.h>
#include <gssapi/gssapi.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_MESSAGE 65536

static gss_OID_desc ntlm_mech = {
	10, (void *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a",
};

static int read_all(int fd, void *data, size_t len)
{
	char *at = data;

	while (len) {
		ssize_t got = read(fd, at, len);

		if (got <= 0)
			return -1;
		at += got;
		len -= (size_t)got;
	}
	return 0;
}

static int recv_message(int fd, gss_buffer_desc *message)
{
	uint32_t head;

	message->value = NULL;
	if (read_all(fd, &head, sizeof(head)))
		return -1;
	message->length = ntohl(head);
	if (!message->length || message->length > MAX_MESSAGE)
		return -1;
	message->value = malloc(message->length);
	if (!message->value)
		return -1;
	if (read_all(fd, message->value, message->length)) {
		free(message->value);
		message->value = NULL;
		return -1;
	}
	return 0;
}

static int send_message(int fd, const gss_buffer_desc *message)
{
	uint32_t head = htonl((uint32_t)message->length);

	if (write(fd, &head, sizeof(head)) != sizeof(head))
		return -1;
	return write(fd, message->value, message->length) ==
	       (ssize_t)message->length ? 0 : -1;
}

static void complain(const char *what, OM_uint32 major, OM_uint32 minor)
{
	gss_buffer_desc text;
	OM_uint32 more = 0, ignored;

	gss_display_status(&ignored, minor, GSS_C_MECH_CODE, &ntlm_mech, &more,
			   &text);
	fprintf(stderr, "example_server: %s: 0x%x: %.*s\n", what, major,
		(int)text.length, (char *)text.value);
	gss_release_buffer(&ignored, &text);
}

static int accept_context(int fd, gss_ctx_id_t *context)
{
	OM_uint32 major, minor, ignored;
	gss_OID_set_desc mechs = { 1, &ntlm_mech };
	gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
	gss_buffer_desc in, out = GSS_C_EMPTY_BUFFER;
	int err = 0;

	major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechs,
				 GSS_C_ACCEPT, &cred, NULL, NULL);
	if (GSS_ERROR(major)) {
		complain("no acceptor credential", major, minor);
		return -1;
	}
	do {
		if (recv_message(fd, &in)) {
			err = -1;
			break;
		}
		major = gss_accept_sec_context(&minor, context, cred, &in,
					       GSS_C_NO_CHANNEL_BINDINGS, NULL,
					       NULL, &out, NULL, NULL, NULL);
		free(in.value);
		if (GSS_ERROR(major)) {
			complain("the logon was refused", major, minor);
			err = -1;
		} else if (out.length) {
			err = send_message(fd, &out);
		}
		gss_release_buffer(&ignored, &out);
	} while (!err && (major & GSS_S_CONTINUE_NEEDED));
	gss_release_cred(&ignored, &cred);
	return err;
}

static int answer(int fd, gss_ctx_id_t context)
{
	static char text[] = "hello from user space";
	gss_buffer_desc in, plain, reply = { sizeof(text) - 1, text }, out;
	OM_uint32 major, minor, ignored;
	int conf = 0, err;

	if (recv_message(fd, &in))
		return -1;
	major = gss_unwrap(&minor, context, &in, &plain, &conf, NULL);
	free(in.value);
	if (GSS_ERROR(major) || !conf) {
		complain("the message cannot be unsealed", major, minor);
		return -1;
	}
	printf("the client says: %.*s\n", (int)plain.length,
	       (char *)plain.value);
	gss_release_buffer(&ignored, &plain);

	major = gss_wrap(&minor, context, 1, GSS_C_QOP_DEFAULT, &reply, &conf,
			 &out);
	if (GSS_ERROR(major)) {
		complain("the answer cannot be sealed", major, minor);
		return -1;
	}
	err = send_message(fd, &out);
	gss_release_buffer(&ignored, &out);
	return err;
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	gss_ctx_id_t context = GSS_C_NO_CONTEXT;
	int listener, fd, err, on = 1;
	OM_uint32 ignored;

	if (argc != 2) {
		fputs("usage: example_server PORT\n", stderr);
		return 2;
	}
	addr.sin_port = htons((uint16_t)atoi(argv[1]));
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 ||
	    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(listener, (struct sockaddr *)&addr, sizeof(addr)) ||
	    listen(listener, 1)) {
		perror("example_server");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	fd = accept(listener, NULL, NULL);
	close(listener);
	if (fd < 0) {
		perror("example_server");
		return 1;
	}
	err = accept_context(fd, &context);
	if (!err)
		err = answer(fd, context);
	gss_delete_sec_context(&ignored, &context, GSS_C_NO_BUFFER);
	/* With bytes unread, close() would reset the connection. */
	shutdown(fd, SHUT_WR);
	while (read(fd, &on, sizeof(on)) > 0)
		;
	close(fd);
	return err ? 1 : 0;
}
