// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
/* Watches the TCP and UDP sockets of all network namespaces of this machine. Reads only; no packet is held, changed or
   dropped. Whose a socket is comes from the socket itself (its control group and network namespace): most changes of
   state happen in the softirq of whoever runs then. */
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "kernel_types.h"
#include "records.h"

/* The kernel lets only programs under a licence that fits its own read its structures. */
char licence[] SEC("license") = "Dual BSD/GPL";

enum { family_v4 = 2, family_v6 = 10, protocol_tcp = 6, protocol_udp = 17 };
enum { established = 1, syn_sent = 2, syn_recv = 3, fin_wait1 = 4, fin_wait2 = 5, time_wait = 6, closed = 7, close_wait = 8,
       last_ack = 9, listening = 10, closing = 11 }; /* include/net/tcp_states.h */
enum { socket_done = 1 }; /* include/net/sock.h, enum sock_flags: the peer has sent its FIN */

/* What is known of a socket since its opening. */
struct opening {
  unsigned long long at;
  int pid;
  unsigned int flags;
  char process[16];
};

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 65536);
  __type(key, unsigned long long); /* address of the socket */
  __type(value, struct opening);
} openings SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 22);
} records SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __type(key, struct plimsoll_udp_key);
  __type(value, struct plimsoll_udp_value);
} conversations SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, unsigned long long); /* cookie of the socket */
  __type(value, struct plimsoll_maker);
} makers SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, plimsoll_counts_size);
  __type(key, unsigned int);
  __type(value, unsigned long long);
} counts SEC(".maps");

#include "heads.bpf.h"

static void count(unsigned int place) {
  unsigned long long* value = bpf_map_lookup_elem(&counts, &place);
  if (value) ++*value;
}

static void mapped(unsigned char* to, unsigned int v4) {
  __builtin_memset(to, 0, 10);
  to[10] = to[11] = 0xff;
  __builtin_memcpy(to + 12, &v4, 4);
}

static void read_addresses(const struct sock* sk, struct plimsoll_tcp_record* to) {
  if (BPF_CORE_READ(sk, __sk_common.skc_family) == family_v4) {
    mapped(to->local, BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr));
    mapped(to->remote, BPF_CORE_READ(sk, __sk_common.skc_daddr));
  } else {
    BPF_CORE_READ_INTO(&to->local, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
    BPF_CORE_READ_INTO(&to->remote, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr8);
  }
  /* skc_num is given back before a socket is told to be closed. */
  to->local_port = bpf_ntohs(BPF_CORE_READ((const struct inet_sock*)sk, inet_sport));
  to->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
}

static void read_owner(const struct sock* sk, struct plimsoll_tcp_record* to) {
  to->network_namespace = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
  if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup)) to->cgroup = BPF_CORE_READ(sk, sk_cgrp_data.cgroup, kn, id);
}

static void read_amounts(const struct sock* sk, struct plimsoll_tcp_record* to) {
  const struct tcp_sock* tcp = (const struct tcp_sock*)sk;
  to->bytes_acked = BPF_CORE_READ(tcp, bytes_acked);
  to->bytes_received = BPF_CORE_READ(tcp, bytes_received);
  to->data_segments_out = BPF_CORE_READ(tcp, data_segs_out);
  to->data_segments_in = BPF_CORE_READ(tcp, data_segs_in);
}

/* The program looks ten times a second; it is woken only when a lot waits. */
static unsigned long long wake_flags(void) {
  return bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) > (1 << 20) ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static void tell(struct sock* sk, unsigned char kind, int old_state, const struct opening* opening) {
  struct plimsoll_tcp_record* record = bpf_ringbuf_reserve(&records, sizeof *record, 0);
  if (!record) return count(plimsoll_records_lost);
  __builtin_memset(record, 0, sizeof *record);
  record->kind = kind;
  record->old_state = (unsigned char)old_state;
  record->at = bpf_ktime_get_ns();
  record->opened_at = record->at;
  if (opening) {
    record->opened_at = opening->at;
    record->pid = opening->pid;
    record->flags = (unsigned char)opening->flags;
    __builtin_memcpy(record->process, opening->process, sizeof record->process);
  }
  record->socket = bpf_get_socket_cookie(sk);
  read_addresses(sk, record);
  read_owner(sk, record);
  record->error = BPF_CORE_READ(sk, sk_err);
  if (kind == plimsoll_tcp_closed) {
    read_amounts(sk, record);
    if (BPF_CORE_READ(sk, __sk_common.skc_flags) & (1UL << socket_done)) record->flags |= plimsoll_fin_received;
    if (old_state == fin_wait2 || old_state == last_ack || old_state == time_wait) record->flags |= plimsoll_fin_acked;
  }
  bpf_ringbuf_submit(record, wake_flags());
}

static void name_current(struct opening* to) {
  to->pid = (int)(bpf_get_current_pid_tgid() >> 32);
  bpf_get_current_comm(to->process, sizeof to->process);
}

static void on_listen(struct sock* sk) {
  struct opening by = {.at = bpf_ktime_get_ns()};
  name_current(&by); /* listen(2) runs in its process */
  tell(sk, plimsoll_tcp_listens, closed, &by);
}

/* connect(2) runs in its process. The source port comes later. */
static void on_connect(unsigned long long key) {
  struct opening fresh = {.at = bpf_ktime_get_ns(), .flags = plimsoll_is_client | plimsoll_role_known};
  name_current(&fresh);
  bpf_map_update_elem(&openings, &key, &fresh, BPF_ANY);
}

static void on_established(struct sock* sk, unsigned long long key, int old_state) {
  struct opening* known = bpf_map_lookup_elem(&openings, &key);
  if (old_state == syn_sent && known) {
    known->flags |= plimsoll_was_established;
    return tell(sk, plimsoll_tcp_established, old_state, known);
  }
  struct opening fresh = {.at = bpf_ktime_get_ns(), .flags = plimsoll_role_known | plimsoll_was_established};
  if (old_state == syn_sent) fresh.flags |= plimsoll_is_client;
  bpf_map_update_elem(&openings, &key, &fresh, BPF_ANY);
  tell(sk, plimsoll_tcp_established, old_state, &fresh);
}

static void on_closed(struct sock* sk, unsigned long long key, int old_state) {
  struct opening* known = bpf_map_lookup_elem(&openings, &key);
  /* Without it the socket was opened before we came: all but a failed opening was established. */
  struct opening before = {.at = 0, .flags = plimsoll_was_established};
  if (old_state == syn_sent) before.flags = plimsoll_is_client | plimsoll_role_known;
  if (old_state == syn_recv) before.flags = plimsoll_role_known;
  tell(sk, plimsoll_tcp_closed, old_state, known ? known : &before);
  bpf_map_delete_elem(&openings, &key);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(tcp_state, struct sock* sk, int old_state, int new_state) {
  if (BPF_CORE_READ(sk, sk_protocol) != protocol_tcp) return 0;
  const unsigned long long key = (unsigned long long)sk;
  if (new_state == listening)
    on_listen(sk);
  else if (new_state == syn_sent)
    on_connect(key);
  else if (new_state == established && (old_state == syn_sent || old_state == syn_recv))
    on_established(sk, key, old_state);
  else if (new_state == closed && old_state != listening && old_state != closed)
    on_closed(sk, key, old_state);
  return 0;
}

struct ports {
  unsigned short source, destination, length, checksum;
};

static int read_v4(struct __sk_buff* skb, struct plimsoll_udp_key* key, struct ports* ports, int out) {
  unsigned char first;
  unsigned short fragment;
  unsigned int addresses[2];
  if (bpf_skb_load_bytes(skb, 0, &first, 1) || bpf_skb_load_bytes(skb, 6, &fragment, 2) ||
      bpf_skb_load_bytes(skb, 12, addresses, sizeof addresses))
    return -1;
  if (fragment & bpf_htons(0x1fff)) return -1; /* a later fragment has no ports */
  mapped(out ? key->local : key->remote, addresses[0]);
  mapped(out ? key->remote : key->local, addresses[1]);
  return (int)bpf_skb_load_bytes(skb, (unsigned int)(first & 0xf) * 4, ports, sizeof *ports);
}

static int read_v6(struct __sk_buff* skb, struct plimsoll_udp_key* key, struct ports* ports, int out) {
  unsigned char next;
  if (bpf_skb_load_bytes(skb, 6, &next, 1) || next != protocol_udp) return -1; /* fragments, extension headers */
  if (bpf_skb_load_bytes(skb, 8, out ? key->local : key->remote, 16) ||
      bpf_skb_load_bytes(skb, 24, out ? key->remote : key->local, 16))
    return -1;
  return (int)bpf_skb_load_bytes(skb, 40, ports, sizeof *ports);
}

static void add_datagram(struct plimsoll_udp_value* to, unsigned long long bytes, int out) {
  to->last_at = bpf_ktime_get_ns();
  __sync_fetch_and_add(out ? &to->bytes_out : &to->bytes_in, bytes);
  __sync_fetch_and_add(out ? &to->packets_out : &to->packets_in, 1);
}

/* By the bytes at hand: every packet of every TCP socket comes by here, and must not cost more than this. What lies
   elsewhere than in the packet's first part is looked at closely. */
static __always_inline int may_be_udp(const struct __sk_buff* skb) {
  const unsigned char* head = (const unsigned char*)(long)skb->data;
  const unsigned char* end = (const unsigned char*)(long)skb->data_end;
  if (head + 20 > end) return 1;
  return (head[0] >> 4 == 4 ? head[9] : head[6]) == protocol_udp;
}

static void on_datagram(struct __sk_buff* skb, int out) {
  struct bpf_sock* sk = skb->sk;
  if (!sk) return;
  sk = bpf_sk_fullsock(sk);
  if (!sk || sk->protocol != protocol_udp) return;
  struct plimsoll_udp_key key = {};
  struct ports ports;
  const int fault = skb->protocol == bpf_htons(0x0800) ? read_v4(skb, &key, &ports, out)
                                                       : read_v6(skb, &key, &ports, out);
  if (fault) return;
  key.socket = bpf_get_socket_cookie(skb);
  key.local_port = bpf_ntohs(out ? ports.source : ports.destination);
  key.remote_port = bpf_ntohs(out ? ports.destination : ports.source);
  const unsigned int length = bpf_ntohs(ports.length);
  const unsigned long long bytes = length >= 8 ? length - 8 : 0;
  struct plimsoll_udp_value* known = bpf_map_lookup_elem(&conversations, &key);
  if (known) return add_datagram(known, bytes, out);
  struct plimsoll_udp_value fresh = {.first_at = bpf_ktime_get_ns(), .began_in = !out};
  fresh.cgroup = bpf_skb_cgroup_id(skb);
  add_datagram(&fresh, bytes, out);
  count(bpf_map_update_elem(&conversations, &key, &fresh, BPF_NOEXIST) ? plimsoll_udp_lost : plimsoll_udp_opened);
}

SEC("cgroup_skb/egress")
int datagram_out(struct __sk_buff* skb) {
  if (may_be_udp(skb)) on_datagram(skb, 1);
  return 1; /* pass */
}

SEC("cgroup_skb/ingress")
int datagram_in(struct __sk_buff* skb) {
  if (may_be_udp(skb)) on_datagram(skb, 0);
  return 1;
}

SEC("cgroup/sock_create")
int socket_made(struct bpf_sock* sk) {
  if (sk->protocol != protocol_udp) return 1;
  struct plimsoll_maker maker = {.namespace_cookie = bpf_get_netns_cookie(sk)};
  const unsigned long long cookie = bpf_get_socket_cookie(sk);
  maker.pid = (int)(bpf_get_current_pid_tgid() >> 32);
  bpf_get_current_comm(maker.process, sizeof maker.process);
  bpf_map_update_elem(&makers, &cookie, &maker, BPF_ANY);
  return 1; /* allowed */
}
