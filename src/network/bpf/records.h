/* What the kernel programs hand to the program, in C for both: network/bpf/connections.bpf.c writes them,
   network/bpf/records.cc checks and reads them. Addresses are in network byte order, IPv4 as ::ffff:a.b.c.d; ports are
   in host order; times are nanoseconds of CLOCK_MONOTONIC. */
#ifndef PLIMSOLL_NETWORK_BPF_RECORDS_H
#define PLIMSOLL_NETWORK_BPF_RECORDS_H

enum plimsoll_record_kind {
  plimsoll_tcp_established = 1,
  plimsoll_tcp_closed = 2,
  plimsoll_tcp_listens = 3,
};

enum plimsoll_record_flags {
  plimsoll_is_client = 1,  /* this end opened it */
  plimsoll_role_known = 2, /* its opening was seen, so that the bit above holds */
  plimsoll_was_established = 4,
  plimsoll_fin_received = 8,
  plimsoll_fin_acked = 16,
};

/* One change of one TCP socket. */
struct plimsoll_tcp_record {
  unsigned char kind, flags, old_state, padding;
  unsigned short local_port, remote_port;
  unsigned int network_namespace;
  int error; /* sk_err: ECONNREFUSED, ECONNRESET, ETIMEDOUT... */
  int pid;   /* who connected or listens; 0: not known */
  unsigned int data_segments_out, data_segments_in;
  unsigned int more_padding;
  unsigned long long socket, cgroup, opened_at, at; /* socket: its cookie */
  unsigned long long bytes_acked, bytes_received;   /* as tcp_info counts them: with SYN and FIN */
  unsigned char local[16], remote[16];
  char process[16];
};

/* One conversation of one UDP socket, until it is taken out of the map. */
struct plimsoll_udp_key {
  unsigned long long socket; /* its cookie */
  unsigned char local[16], remote[16];
  unsigned short local_port, remote_port;
  unsigned int padding;
};
struct plimsoll_udp_value {
  unsigned long long cgroup, first_at, last_at;
  unsigned long long bytes_out, bytes_in;
  unsigned int packets_out, packets_in;
  unsigned int began_in; /* 1: its first datagram came in */
  unsigned int padding;
};

/* Who made a socket: told where it was made, in the context of its process. */
struct plimsoll_maker {
  unsigned long long namespace_cookie;
  int pid;
  char process[16];
  unsigned int padding;
};

/* Places of the array of counts. */
enum plimsoll_counts { plimsoll_records_lost, plimsoll_udp_opened, plimsoll_udp_lost, plimsoll_counts_size };

#endif
