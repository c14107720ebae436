/* Of connections.bpf.c: a filter for packet sockets that begin with the IP header. Lets through, of each flow and
   direction, the first packets (of UDP: of every ten seconds), since later ones tell no protocol any more; and every
   SYN, FIN and RST. */
#pragma once

enum { head_packets = 512, head_bytes = 96 << 10, whole_packet = 1 << 18, tcp_syn = 2, tcp_ends = 1 | 4 };
enum { over_places = 4096, over_bits = 12, key_words = 6 };
#define HEAD_WINDOW 10000000000ULL /* nanoseconds */

struct head_key {
  unsigned long long name_space;
  unsigned char from[16], to[16];
  unsigned int ports;
  unsigned int protocol;
};
struct head_value {
  unsigned long long since;
  unsigned int packets, bytes;
};

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 32768);
  __type(key, struct head_key);
  __type(value, struct head_value);
} heads_seen SEC(".maps");

/* TCP flows whose head is over, each at the place that its key gives; a later one takes the place. Asked first: nearly
   every packet of a busy connection is one of these, and heads_seen costs more than all the rest. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, over_places);
  __type(key, unsigned int);
  __type(value, struct head_key);
} heads_over SEC(".maps");

static struct head_key* place_of(const struct head_key* key) {
  const unsigned long long* words = (const unsigned long long*)key;
  unsigned long long mixed = 0;
  _Static_assert(sizeof *key == key_words * sizeof *words, "a key is whole words");
  for (int i = 0; i < key_words; ++i) mixed = (mixed ^ words[i]) * 0x9e3779b97f4a7c15ULL;
  const unsigned int place = (unsigned int)(mixed >> (64 - over_bits));
  return bpf_map_lookup_elem(&heads_over, &place);
}

static int is_same(const struct head_key* left, const struct head_key* right) {
  const unsigned long long *a = (const unsigned long long*)left, *b = (const unsigned long long*)right;
  unsigned long long differs = 0;
  for (int i = 0; i < key_words; ++i) differs |= a[i] ^ b[i];
  return differs == 0;
}

/* The usual packet at one go: TCP over IPv4 without options and in one piece. */
static int read_usual(struct __sk_buff* skb, struct head_key* key, unsigned char* flags) {
  unsigned char bytes[40];
  if (bpf_skb_load_bytes(skb, 0, bytes, sizeof bytes)) return 0;
  if (bytes[0] != 0x45 || bytes[9] != 6 || ((bytes[6] & 0x3f) | bytes[7])) return 0;
  key->protocol = 6;
  __builtin_memcpy(key->from, bytes + 12, 4);
  __builtin_memcpy(key->to, bytes + 16, 4);
  __builtin_memcpy(&key->ports, bytes + 20, 4);
  *flags = bytes[33];
  return 1;
}

/* Where the transport's header begins; 0: what it is, is left to who reads the packet. */
static unsigned int read_head(struct __sk_buff* skb, struct head_key* key) {
  unsigned char first, protocol;
  unsigned short fragment;
  if (bpf_skb_load_bytes(skb, 0, &first, 1)) return 0;
  if (first >> 4 == 4) {
    if (bpf_skb_load_bytes(skb, 9, &protocol, 1) || bpf_skb_load_bytes(skb, 6, &fragment, 2) ||
        bpf_skb_load_bytes(skb, 12, key->from, 4) || bpf_skb_load_bytes(skb, 16, key->to, 4))
      return 0;
    if (fragment & bpf_htons(0x3fff)) return 0; /* a piece of a datagram */
    key->protocol = protocol;
    return (unsigned int)(first & 0xf) * 4;
  }
  if (bpf_skb_load_bytes(skb, 6, &protocol, 1) || bpf_skb_load_bytes(skb, 8, key->from, 16) ||
      bpf_skb_load_bytes(skb, 24, key->to, 16))
    return 0;
  key->protocol = protocol;
  return 40;
}

static int is_head(struct head_key* key, unsigned int length, int begins) {
  const unsigned long long now = bpf_ktime_get_ns();
  struct head_value* known = bpf_map_lookup_elem(&heads_seen, key);
  if (!known || begins) {
    const struct head_value fresh = {now, 1, length};
    bpf_map_update_elem(&heads_seen, key, &fresh, BPF_ANY);
    return 1;
  }
  if (key->protocol == 17 && now - known->since > HEAD_WINDOW) {
    known->since = now;
    known->packets = known->bytes = 0;
  }
  if (known->packets >= head_packets || known->bytes >= head_bytes) return 0;
  ++known->packets;
  known->bytes += length;
  return 1;
}

/* 0: what it is, is left to who reads the packet. */
static int read_any(struct __sk_buff* skb, struct head_key* key, unsigned char* flags) {
  const unsigned int at = read_head(skb, key);
  if (!at || (key->protocol != 6 && key->protocol != 17)) return 0;
  if (bpf_skb_load_bytes(skb, at, &key->ports, 4)) return 0;
  return key->protocol == 17 || !bpf_skb_load_bytes(skb, at + 13, flags, 1);
}

SEC("socket")
int heads(struct __sk_buff* skb) {
  struct head_key key = {.name_space = bpf_get_netns_cookie(skb)};
  unsigned char flags = 0;
  if (!read_usual(skb, &key, &flags) && !read_any(skb, &key, &flags)) return whole_packet;
  struct head_key* over = key.protocol == 6 ? place_of(&key) : 0;
  if (over && is_same(over, &key)) {
    if (!(flags & (tcp_syn | tcp_ends))) return 0;
    over->protocol = 0; /* the same ends may begin anew */
  }
  if (is_head(&key, skb->len, flags & tcp_syn)) return whole_packet;
  if (over && !(flags & tcp_ends)) *over = key;
  return flags & tcp_ends ? whole_packet : 0;
}
