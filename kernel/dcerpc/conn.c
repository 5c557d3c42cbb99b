// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TCP socket of a connection: waits that end at a deadline, by a fatal
 * signal, by the server or with the network namespace.
 */
#include <linux/freezer.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/tcp.h>
#include <linux/wait.h>
#include <net/sock.h>

#include "internal.h"

/*
 * Sockets wake only those who sleep interruptibly.  Any signal would end such a
 * sleep, and with it the connection; so sleep killably and be woken all the same.
 */
static int conn_wake(struct wait_queue_entry *wait, unsigned int mode, int flags,
		     void *key)
{
	return default_wake_function(wait, TASK_NORMAL, flags, key);
}

static __poll_t conn_poll(struct ntlm_rpc *rpc)
{
	return rpc->sock->ops->poll(NULL, rpc->sock, NULL);
}

/* Returns the events, of @events, EPOLLERR and EPOLLHUP, or an errno. */
static int conn_wait(struct ntlm_rpc *rpc, __poll_t events)
{
	DEFINE_WAIT_FUNC(wait, conn_wake);
	wait_queue_head_t *queue = sk_sleep(rpc->sock->sk);
	__poll_t got;
	long left;
	int ret;

	events |= EPOLLERR | EPOLLHUP;
	for (;;) {
		/*
		 * Frozen with the lock of the connection: who closes it, or ends
		 * its namespace, waits until the thaw.
		 */
		prepare_to_wait(queue, &wait,
				TASK_KILLABLE | TASK_FREEZABLE_UNSAFE);
		got = conn_poll(rpc) & events;
		if (got) {
			ret = (__force int)got;
			break;
		}
		if (fatal_signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		left = (long)(rpc->deadline - jiffies);
		if (left <= 0) {
			ret = -ETIMEDOUT;
			break;
		}
		schedule_timeout(left);
	}
	finish_wait(queue, &wait);
	return ret;
}

/*
 * To lockdep, a socket that file systems depend on must not be the same as one
 * of a process, whose lock is taken where memory is mapped and reclaimed.
 */
static void conn_reclassify(struct sock *sk)
{
#ifdef CONFIG_DEBUG_LOCK_ALLOC
	static struct lock_class_key slock_keys[2], lock_keys[2];
	bool six = sk->sk_family == AF_INET6;

	if (!sock_allow_reclassification(sk))
		return;
	if (six)
		sock_lock_init_class_and_name(sk, "slock-AF_INET6-NTLM-RPC",
					      &slock_keys[1],
					      "sk_lock-AF_INET6-NTLM-RPC",
					      &lock_keys[1]);
	else
		sock_lock_init_class_and_name(sk, "slock-AF_INET-NTLM-RPC",
					      &slock_keys[0],
					      "sk_lock-AF_INET-NTLM-RPC",
					      &lock_keys[0]);
#endif
}

/**
 * ntlm_rpc_conn_open() - create the socket
 * @rpc: the connection; @rpc->addr says the family
 * @net: its network namespace
 *
 * The socket keeps no reference to @net.  It is closed by a reset, so nothing
 * of it outlives its release and the end of @net only has to release it.
 *
 * Return: 0 or the errno of sock_create_kern().
 */
int ntlm_rpc_conn_open(struct ntlm_rpc *rpc, struct net *net)
{
	struct sock *sk;
	int err;

	err = sock_create_kern(net, rpc->addr.ss_family, SOCK_STREAM,
			       IPPROTO_TCP, &rpc->sock);
	if (err)
		return err;
	sk = rpc->sock->sk;
	conn_reclassify(sk);
	sk->sk_allocation = GFP_NOIO;
	/* Elsewhere GFP_NOIO alone keeps it off the page of the task. */
#ifdef NTLM_RPC_TASK_FRAG
	sk->sk_use_task_frag = false;
#endif
	sock_no_linger(sk);
	tcp_sock_set_nodelay(sk);
	return 0;
}

/**
 * ntlm_rpc_conn_connect() - connect to the server until the deadline
 * @rpc: the connection
 *
 * Return: 0, -ETIMEDOUT, -EINTR after a fatal signal, or what TCP says
 * (-ECONNREFUSED, -EHOSTUNREACH, -ENETUNREACH, ...).
 */
int ntlm_rpc_conn_connect(struct ntlm_rpc *rpc)
{
	/* The type of the address is not the same in all kernels. */
	void *addr = &rpc->addr;
	int err;

	err = kernel_connect(rpc->sock, addr, rpc->addr_len, O_NONBLOCK);
	if (err != -EINPROGRESS)
		return err;
	err = conn_wait(rpc, EPOLLOUT);
	if (err < 0)
		return err;
	/* The second call says how the first one went. */
	return kernel_connect(rpc->sock, addr, rpc->addr_len, O_NONBLOCK);
}

/**
 * ntlm_rpc_conn_send() - send bytes until the deadline
 * @rpc: the connection; @rpc->lock is held
 * @data: bytes to send
 * @len: bytes at @data
 *
 * Return: 0; 1 if the server takes no more bytes and has sent some itself;
 * -ETIMEDOUT; -EINTR after a fatal signal; or what TCP says.
 */
int ntlm_rpc_conn_send(struct ntlm_rpc *rpc, const void *data, size_t len)
{
	while (len) {
		struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
		struct kvec vec = { .iov_base = (void *)data, .iov_len = len };
		int ret;

		ret = kernel_sendmsg(rpc->sock, &msg, &vec, 1, len);
		if (ret > 0) {
			data += ret;
			len -= ret;
			continue;
		}
		if (ret != -EAGAIN)
			return ret ? ret : -EPIPE;
		ret = conn_wait(rpc, EPOLLOUT | EPOLLIN);
		if (ret < 0)
			return ret;
		if (ret == (__force int)EPOLLIN)
			return 1;
	}
	return 0;
}

/**
 * ntlm_rpc_conn_recv() - receive bytes until the deadline
 * @rpc: the connection; @rpc->lock is held
 * @data: where to put them
 * @len: how many
 *
 * Return: 0 with all @len bytes; -ECONNRESET if the server has closed the
 * connection; -ETIMEDOUT; -EINTR after a fatal signal; or what TCP says.
 */
int ntlm_rpc_conn_recv(struct ntlm_rpc *rpc, void *data, size_t len)
{
	while (len) {
		struct msghdr msg = { };
		struct kvec vec = { .iov_base = data, .iov_len = len };
		int ret;

		ret = kernel_recvmsg(rpc->sock, &msg, &vec, 1, len,
				     MSG_DONTWAIT);
		if (ret > 0) {
			data += ret;
			len -= ret;
			continue;
		}
		if (ret != -EAGAIN)
			return ret ? ret : -ECONNRESET;
		ret = conn_wait(rpc, EPOLLIN);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/**
 * ntlm_rpc_conn_readable() - has the server sent bytes or closed?
 * @rpc: the connection; @rpc->lock is held
 *
 * Return: true if ntlm_rpc_conn_recv() of one byte would not wait.
 */
bool ntlm_rpc_conn_readable(struct ntlm_rpc *rpc)
{
	return conn_poll(rpc) & (EPOLLIN | EPOLLERR | EPOLLHUP);
}

/**
 * ntlm_rpc_conn_shutdown() - end both directions and wake who waits for them
 * @rpc: the connection; @rpc->sock is kept by one of its locks
 */
void ntlm_rpc_conn_shutdown(struct ntlm_rpc *rpc)
{
	kernel_sock_shutdown(rpc->sock, SHUT_RDWR);
}

/**
 * ntlm_rpc_conn_release() - free the socket, if there is one
 * @rpc: the connection; nobody else uses @rpc->sock
 */
void ntlm_rpc_conn_release(struct ntlm_rpc *rpc)
{
	if (!rpc->sock)
		return;
	sock_release(rpc->sock);
	rpc->sock = NULL;
}
