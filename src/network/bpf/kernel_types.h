/* The few kernel structures that our programs look into. Only names matter: libbpf finds the places of these members in
   the running kernel by its BTF (CO-RE), so neither the order nor what is left out needs to fit. */
#pragma once

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct in6_addr {
  union {
    unsigned char u6_addr8[16];
  } in6_u;
};
struct ns_common {
  unsigned int inum;
};
struct net {
  struct ns_common ns;
};
typedef struct {
  struct net* net;
} possible_net_t;
struct kernfs_node {
  unsigned long long id;
};
struct cgroup {
  struct kernfs_node* kn;
};
struct sock_cgroup_data {
  struct cgroup* cgroup;
};
struct sock_common {
  unsigned int skc_daddr;
  unsigned int skc_rcv_saddr;
  unsigned short skc_dport;
  unsigned short skc_family;
  unsigned long skc_flags;
  possible_net_t skc_net;
  struct in6_addr skc_v6_daddr;
  struct in6_addr skc_v6_rcv_saddr;
};
struct sock {
  struct sock_common __sk_common;
  int sk_err;
  unsigned short sk_protocol;
  struct sock_cgroup_data sk_cgrp_data;
};
struct inet_sock {
  unsigned short inet_sport;
};
struct tcp_sock {
  unsigned long long bytes_acked;
  unsigned long long bytes_received;
  unsigned int data_segs_out;
  unsigned int data_segs_in;
};

#pragma clang attribute pop
