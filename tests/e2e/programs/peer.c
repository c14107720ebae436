/* Makes and takes connections, and tells what it did. Static, so that it runs in any container.
   peer serve PORT...        takes TCP connections and UDP datagrams on each port (IPv4 and IPv6), answers what it gets
   peer call                 reads lines "tcp|udp ADDRESS PORT short|long" from standard input, makes each connection and writes
                             "tcp|udp LOCAL_ADDRESS LOCAL_PORT ADDRESS PORT short|long" for each that was answered
   peer flood PORT RATE SECONDS   sends datagrams to ever new addresses of 127.0.0.0/8, RATE a second; tells how many
   TCP speaks HTTP/1.0, UDP sends a question of DNS. Long connections stay open until all short ones are done. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most = 4096 };
static const char request[] = "GET / HTTP/1.0\r\nHost: peer.test\r\n\r\n";
static const char answer[] = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nplenty";
/* A question for the address of peer.test, and its answer's header bits. */
static const unsigned char question[] = {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 'p', 'e', 'e', 'r', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1};

static void die(const char* what) {
  perror(what);
  exit(1);
}

static int listener(int type, int port) {
  struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)port)};
  const int on = 1, off = 0;
  const int fd = socket(AF_INET6, type, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (type == SOCK_DGRAM) { /* so that an answer leaves from the address that was asked */
    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, 8 /* IP_PKTINFO */, &on, sizeof on);
  }
  if (bind(fd, (struct sockaddr*)&at, sizeof at)) die("bind");
  if (type == SOCK_STREAM && listen(fd, 1024)) die("listen");
  return fd;
}

static void answer_datagram(int fd) {
  char data[2048], control[512];
  struct sockaddr_in6 from;
  struct iovec piece = {data, sizeof data};
  struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  const ssize_t got = recvmsg(fd, &message, 0);
  if (got < 0) return;
  if (got > 3) data[2] = (char)0x84, data[3] = 3; /* an answer: no such name */
  piece.iov_len = (size_t)got;
  sendmsg(fd, &message, 0);
}

static _Noreturn void serve(int count, char** ports) {
  struct pollfd files[most];
  int used = 0;
  for (int i = 0; i < count; ++i) {
    files[used++] = (struct pollfd){listener(SOCK_STREAM, atoi(ports[i])), POLLIN, 0};
    files[used++] = (struct pollfd){listener(SOCK_DGRAM, atoi(ports[i])), POLLIN, 0};
  }
  const int fixed = used;
  puts("ready");
  fflush(stdout);
  for (;;) {
    if (poll(files, (nfds_t)used, -1) < 0) die("poll");
    for (int i = used - 1; i >= 0; --i) {
      if (!files[i].revents) continue;
      if (i < fixed && i % 2 == 0) {
        const int peer = accept(files[i].fd, NULL, NULL);
        if (peer >= 0 && used < most) files[used++] = (struct pollfd){peer, POLLIN, 0};
        else close(peer);
      } else if (i < fixed) {
        answer_datagram(files[i].fd);
      } else {
        char data[2048];
        if (read(files[i].fd, data, sizeof data) > 0 && write(files[i].fd, answer, sizeof answer - 1) > 0) continue;
        close(files[i].fd);
        files[i] = files[--used];
      }
    }
  }
}

static int call(void) {
  char transport[8], address[64], port[8], kind[8];
  int open_long[most], longs = 0, failed = 0;
  while (scanf("%7s %63s %7s %7s", transport, address, port, kind) == 4) {
    const int tcp = !strcmp(transport, "tcp");
    struct addrinfo hints = {.ai_socktype = tcp ? SOCK_STREAM : SOCK_DGRAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *to;
    if (getaddrinfo(address, port, &hints, &to)) die("getaddrinfo");
    const int fd = socket(to->ai_family, to->ai_socktype, 0);
    const struct timeval patience = {5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct sockaddr_storage self;
    socklen_t length = sizeof self;
    char data[2048], host[64], service[8];
    int fine = connect(fd, to->ai_addr, to->ai_addrlen) == 0 && getsockname(fd, (struct sockaddr*)&self, &length) == 0;
    fine = fine && (tcp ? write(fd, request, sizeof request - 1) : write(fd, question, sizeof question)) > 0 && read(fd, data, sizeof data) > 0;
    if (fine) {
      getnameinfo((struct sockaddr*)&self, length, host, sizeof host, service, sizeof service, NI_NUMERICHOST | NI_NUMERICSERV);
      printf("%s %s %s %s %s %s\n", transport, host, service, address, port, kind);
    } else {
      fprintf(stderr, "%s %s %s: %s\n", transport, address, port, strerror(errno));
      ++failed;
    }
    if (fine && !strcmp(kind, "long") && longs < most) open_long[longs++] = fd;
    else close(fd);
    freeaddrinfo(to);
  }
  fflush(stdout);
  for (int i = 0; i < longs; ++i) {
    if (write(open_long[i], request, sizeof request - 1) < 0) perror("long");
  }
  sleep(1);
  return failed ? 1 : 0;
}

static int flood(int port, long rate, int seconds) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct timespec begin, now;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  long sent = 0;
  for (;;) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    const double past = (double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_nsec - begin.tv_nsec) / 1e9;
    if (past >= seconds) break;
    if ((double)sent > past * (double)rate) continue;
    for (int i = 0; i < 100; ++i) { /* another address: a new conversation */
      to.sin_addr.s_addr = htonl(0x7f010000u + (unsigned)sent);
      if (sendto(fd, "x", 1, 0, (struct sockaddr*)&to, sizeof to) == 1) ++sent;
    }
  }
  printf("%ld\n", sent);
  return 0;
}

int main(int count, char** words) {
  if (count > 2 && !strcmp(words[1], "serve")) serve(count - 2, words + 2);
  if (count == 2 && !strcmp(words[1], "call")) return call();
  if (count == 5 && !strcmp(words[1], "flood")) return flood(atoi(words[2]), atol(words[3]), atoi(words[4]));
  return 2;
}
