// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smallest client of include/linux/ntlm.h: Documentation/client-guide.md
 * walks through it.
 *
 * Its protocol: every message is a 32-bit length in network byte order and so
 * many bytes.  First the tokens of the exchange go to and fro, then one sealed
 * message each way, with the signature before the sealed bytes.
 *
 *	modprobe ntlm_example port=4000 target=example/localhost
 */
#include <linux/in.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/ntlm.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#define EXAMPLE_TIMEOUT	(10 * HZ)
#define STATUS_LOGON_FAILURE	0xC000006D

static char *target = "example/localhost";
module_param(target, charp, 0444);
MODULE_PARM_DESC(target, "Service principal name of the server");

static ushort port = 4000;
module_param(port, ushort, 0444);
MODULE_PARM_DESC(port, "TCP port of the server on 127.0.0.1");

struct example_message {
	u8	signature[NTLM_SIGNATURE_SIZE];
	u8	text[64];
};

static int example_send(struct socket *sock, const void *data, u32 len)
{
	__be32 head = cpu_to_be32(len);
	struct kvec vec[] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = (void *)data, .iov_len = len },
	};
	struct msghdr msg = {};
	int sent;

	sent = kernel_sendmsg(sock, &msg, vec, ARRAY_SIZE(vec),
			      sizeof(head) + len);
	if (sent < 0)
		return sent;
	return sent == sizeof(head) + len ? 0 : -EPIPE;
}

static int example_read(struct socket *sock, void *data, u32 len)
{
	struct kvec vec = { .iov_base = data, .iov_len = len };
	struct msghdr msg = {};
	int got;

	got = kernel_recvmsg(sock, &msg, &vec, 1, len, MSG_WAITALL);
	if (got < 0)
		return got;
	if (!got)
		return -ENODATA;	/* the peer hung up */
	return got == len ? 0 : -ECONNRESET;
}

/* Returns the length of the message or a negative errno. */
static int example_recv(struct socket *sock, void *data, u32 size)
{
	__be32 head;
	u32 len;
	int err;

	err = example_read(sock, &head, sizeof(head));
	if (err)
		return err;
	len = be32_to_cpu(head);
	if (len > size)
		return -EMSGSIZE;
	err = example_read(sock, data, len);
	return err ?: len;
}

static int example_exchange(struct ntlm_ctx *ctx, struct socket *sock)
{
	struct ntlm_token out;
	void *in;
	int len = 0;
	int err;

	in = kmalloc(NTLM_MAX_TOKEN, GFP_KERNEL);
	if (!in)
		return -ENOMEM;
	for (;;) {
		int step = ntlm_ctx_exchange(ctx, in, len, &out);

		err = step;
		if (step && step != -EINPROGRESS)
			break;
		/* Also when the context is established: the last token. */
		err = example_send(sock, out.data, out.len);
		ntlm_token_free(&out);
		if (err || !step)
			break;
		len = example_recv(sock, in, NTLM_MAX_TOKEN);
		err = len ? len : -EPROTO;
		if (len <= 0)
			break;
	}
	kfree(in);
	return err;
}

static int example_talk(struct ntlm_ctx *ctx, struct socket *sock)
{
	struct example_message msg = { .text = "hello from the kernel" };
	struct ntlm_seg seg = {
		.src.data = msg.text,
		.dst.data = msg.text,
		.len = strlen(msg.text),
		.flags = NTLM_SEG_SEAL,
	};
	int len;
	int err;

	err = ntlm_seal(ctx, &seg, 1, msg.signature);
	if (err)
		return err;
	err = example_send(sock, &msg, sizeof(msg.signature) + seg.len);
	if (err)
		return err;

	len = example_recv(sock, &msg, sizeof(msg) - 1);
	/*
	 * In this protocol a server that refuses the logon hangs up in place of
	 * an answer.  Timeouts and broken connections say nothing of the logon.
	 */
	if (len == -ENODATA)
		ntlm_ctx_report(ctx, STATUS_LOGON_FAILURE);
	if (len < 0)
		return len;
	if (len < NTLM_SIGNATURE_SIZE)
		return -EPROTO;
	seg.len = len - NTLM_SIGNATURE_SIZE;
	err = ntlm_unseal(ctx, &seg, 1, msg.signature);
	if (err)
		return err;
	ntlm_ctx_report(ctx, 0);
	msg.text[seg.len] = '\0';
	pr_info("the server says: %*pE\n", (int)seg.len, msg.text);
	return 0;
}

static struct socket *example_connect(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = cpu_to_be16(port),
		.sin_addr.s_addr = cpu_to_be32(INADDR_LOOPBACK),
	};
	struct socket *sock;
	int err;

	err = sock_create_kern(current->nsproxy->net_ns, AF_INET, SOCK_STREAM,
			       IPPROTO_TCP, &sock);
	if (err)
		return ERR_PTR(err);
	sock->sk->sk_rcvtimeo = EXAMPLE_TIMEOUT;
	sock->sk->sk_sndtimeo = EXAMPLE_TIMEOUT;
	err = kernel_connect(sock, (void *)&addr, sizeof(addr), 0);
	if (err) {
		sock_release(sock);
		return ERR_PTR(err);
	}
	return sock;
}

static int __init example_init(void)
{
	struct ntlm_ctx_params params = {
		.net = current->nsproxy->net_ns,
		.uid = current_uid(),
		.target = target,
		.required = NTLM_OPT_INTEGRITY | NTLM_OPT_CONFIDENTIALITY,
	};
	struct ntlm_ctx *ctx;
	struct socket *sock;
	int err;

	sock = example_connect();
	if (IS_ERR(sock))
		return PTR_ERR(sock);
	ctx = ntlm_ctx_create(&params);
	err = PTR_ERR_OR_ZERO(ctx);
	if (err)
		goto out;
	err = example_exchange(ctx, sock);
	if (!err)
		err = example_talk(ctx, sock);
	ntlm_ctx_put(ctx);
out:
	sock_release(sock);
	return err;
}

static void __exit example_exit(void)
{
}

module_init(example_init);
module_exit(example_exit);

MODULE_DESCRIPTION("Example client of the NTLM security contexts");
MODULE_LICENSE("GPL");
