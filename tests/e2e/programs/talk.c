// Talks over TCP port 7000, IPv4 and IPv6, for tests of what is cut off.
//   talk serve           echoes whatever comes
//   talk hold ADDRESS... one connection to each, kept for ever: a line "ADDRESS N" for each echoed byte
//   talk pulse ADDRESS   one connection, a line for each echoed byte, every 5 ms
//   talk once ADDRESS    exit 0 when a new connection is made and echoes within a second
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { port = 7000 };

static int address_of(const char* text, struct sockaddr_in6* out) {
  char mapped[64];
  memset(out, 0, sizeof *out);
  out->sin6_family = AF_INET6;
  out->sin6_port = htons(port);
  snprintf(mapped, sizeof mapped, strchr(text, ':') ? "%s" : "::ffff:%s", text);
  return inet_pton(AF_INET6, mapped, &out->sin6_addr) == 1;
}

static int ready(int fd, short what, int milliseconds) {
  struct pollfd one = {fd, what, 0};
  return poll(&one, 1, milliseconds) == 1;
}

static int open_to(const char* text, int milliseconds) {
  struct sockaddr_in6 to;
  int fault = 1;
  socklen_t length = sizeof fault;
  const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0), off = 0;
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (fd < 0 || !address_of(text, &to)) return -1;
  connect(fd, (struct sockaddr*)&to, sizeof to);
  if (!ready(fd, POLLOUT, milliseconds)) return close(fd), -1;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &length);
  return fault ? close(fd), -1 : fd;
}

static int echo(int fd, int milliseconds) {
  char byte = 'x';
  return send(fd, &byte, 1, MSG_NOSIGNAL) == 1 && ready(fd, POLLIN, milliseconds) && recv(fd, &byte, 1, 0) == 1;
}

static void hold(const char* text) {
  int fd = -1;
  while ((fd = open_to(text, 1000)) < 0) usleep(100000);
  for (unsigned long n = 0;; usleep(50000)) {
    char byte;
    send(fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (ready(fd, POLLIN, 50) && recv(fd, &byte, 1, MSG_DONTWAIT) == 1) printf("%s %lu\n", text, ++n);
    fflush(stdout);
  }
}

static void pulse(const char* text) {
  int fd = -1;
  while ((fd = open_to(text, 1000)) < 0) usleep(1000);
  for (unsigned long n = 0; echo(fd, 1000000);) {
    printf("%lu\n", ++n);
    fflush(stdout);
    usleep(5000);
  }
}

static void serve(void) {
  struct sockaddr_in6 here = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  const int fd = socket(AF_INET6, SOCK_STREAM, 0), off = 0, on = 1;
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr*)&here, sizeof here) != 0 || listen(fd, 64) != 0) perror("listen"), _exit(1);
  for (;;) {
    const int client = accept(fd, 0, 0);
    if (client < 0 || fork() != 0) {
      close(client);
      continue;
    }
    char buffer[256];
    ssize_t got;
    while ((got = recv(client, buffer, sizeof buffer, 0)) > 0) send(client, buffer, got, MSG_NOSIGNAL);
    _exit(0);
  }
}

int main(int count, char** words) {
  signal(SIGCHLD, SIG_IGN);
  if (count == 2 && !strcmp(words[1], "serve")) serve();
  if (count == 3 && !strcmp(words[1], "once")) {
    const int fd = open_to(words[2], 1000);
    return fd >= 0 && echo(fd, 1000) ? 0 : 1;
  }
  if (count == 3 && !strcmp(words[1], "pulse")) pulse(words[2]);
  if (count > 2 && !strcmp(words[1], "hold")) {
    for (int i = 2; i < count; ++i) {
      if (fork() == 0) hold(words[i]);
    }
    for (;;) pause();
  }
  return 2;
}
