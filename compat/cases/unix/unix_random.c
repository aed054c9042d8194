// Long random sequences of calls on a handful of sockets, the same in every run: whatever they give, they give everywhere.
#include "unix.h"

#include <linux/sockios.h>

#define SOCKETS 10
static uint64_t state;
static int fds[SOCKETS], step;
static char bytes[300000];
static uint32_t any(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 16) % limit;
}
static const char *result(long r) {
  return r == -1 ? errno_name(errno) : "ok";
}
static int kind(void) {
  static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  return kinds[any(3)] | SOCK_NONBLOCK;
}
static void put_at(int slot, int fd) {
  if (fds[slot] >= 0) close(fds[slot]);
  fds[slot] = fd;
}

static void make(int i, int j, const char *name) {
  if (i == j) j = (i + 1) % SOCKETS;
  put_at(i, -1);
  switch (any(4)) {
    case 0:
    case 1: {
      int s[2];
      put_at(j, -1);
      given_pair(kind(), s);
      fds[i] = s[0], fds[j] = s[1];
      say("%d pair %d %d", step, i, j);
      break;
    }
    case 2:
      fds[i] = socket(AF_UNIX, kind(), 0);
      say("%d bind %d %s: %s", step, i, name, result(bind_to(fds[i], name)));
      if (any(2)) say("listen: %s", result(listen(fds[i], any(3))));
      break;
    case 3:
      fds[i] = socket(AF_UNIX, kind(), 0);
      say("%d connect %d %s: %s", step, i, name, result(connect_to(fds[i], name)));
  }
}
static void receive_some(int i, size_t size) {
  int flags = (any(4) ? 0 : MSG_PEEK) | (any(8) ? 0 : MSG_OOB) | (any(8) ? 0 : MSG_TRUNC) |
              (any(8) ? 0 : MSG_WAITALL);
  char control[256];
  struct sockaddr_un from = {0};
  struct iovec data = {bytes, size};
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = any(3) ? sizeof control : any(64),
                           .msg_name = &from,
                           .msg_namelen = sizeof from};
  ssize_t n = recvmsg(fds[i], &message, flags);
  if (n < 0) {
    say("%d receive %d flags %x: %s", step, i, flags, result(n));
    return;
  }
  unsigned sum = 0;
  for (ssize_t k = 0; k < n && k < (ssize_t)size; k++) sum = sum * 31 + (unsigned char)bytes[k];
  say("%d receive %d flags %x: %zd, sum %u, flags %x, control %zu, from %d %s", step, i, flags, n, sum,
      message.msg_flags, message.msg_controllen, message.msg_namelen,
      message.msg_namelen > 2 ? from.sun_path : "");
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
    say("type %d length %zu", c->cmsg_type, c->cmsg_len);
    if (c->cmsg_type == SCM_PIDFD && c->cmsg_len == CMSG_LEN(4)) close(*(int *)CMSG_DATA(c));
  }
}
static void name_of_both(int i) {
  struct sockaddr_un own, peer = {0};
  socklen_t own_length = sizeof own, peer_length = sizeof peer;
  int r = getsockname(fds[i], (void *)&own, &own_length);
  say("%d own name %d: %s %d", step, i, result(r), own_length);
  r = getpeername(fds[i], (void *)&peer, &peer_length);
  say("peer: %s %s", result(r), r == 0 ? peer.sun_path : "");
}
static void set_option(int i) {
  static const int options[] = {SO_PASSCRED, SO_OOBINLINE, SO_PEEK_OFF, SO_PASSPIDFD, SO_RCVLOWAT, SO_SNDBUF};
  int option = options[any(6)];
  int value = option == SO_PEEK_OFF   ? (int)any(6) - 1
              : option == SO_RCVLOWAT ? (int)any(9)
              : option == SO_SNDBUF   ? (int)any(60000)
                                      : (int)any(2);
  say("%d option %d %d=%d: %s", step, i, option, value,
      result(setsockopt(fds[i], SOL_SOCKET, option, &value, sizeof value)));
}
static void use(int i, int j, size_t size, const char *name) {
  switch (any(20)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: {
      int flags = any(6) ? 0 : MSG_OOB;
      ssize_t n = send(fds[i], bytes, size, flags | MSG_NOSIGNAL);
      say("%d send %d %zu flags %x: %zd %s", step, i, size, flags, n, result(n));
      break;
    }
    case 5:
    case 6:
    case 7:
    case 8:
      receive_some(i, size);
      break;
    case 9: {
      int how = any(3);
      say("%d shutdown %d %d: %s", step, i, how, result(shutdown(fds[i], how)));
      break;
    }
    case 10:
      put_at(i, -1);
      say("%d close %d", step, i);
      break;
    case 11: {
      int fd = accept4(fds[i], NULL, NULL, SOCK_NONBLOCK);
      say("%d accept %d: %s", step, i, result(fd < 0 ? -1 : 0));
      if (fd >= 0) put_at(j, fd);
      break;
    }
    case 12:
      say("%d connect %d %s: %s", step, i, name, result(connect_to(fds[i], name)));
      break;
    case 13: {
      struct sockaddr none = {AF_UNSPEC, {0}};
      say("%d disconnect %d: %s", step, i, result(connect(fds[i], &none, sizeof none)));
      break;
    }
    case 14: {
      int out = -1, mark = -1;
      int r = ioctl(fds[i], SIOCATMARK, &mark);
      say("%d mark %d: %s %d", step, i, result(r), mark);
      r = ioctl(fds[i], SIOCOUTQ, &out);
      say("out: %s %d", result(r), out);
      break;
    }
    case 15: {
      ssize_t n = send_to(fds[i], "named", name, MSG_NOSIGNAL);
      say("%d send %d to %s: %zd %s", step, i, name, n, result(n));
      break;
    }
    case 16:
      name_of_both(i);
      break;
    case 17:
      set_option(i);
      break;
    case 18:
      say("%d bind %d %s: %s", step, i, name, result(bind_to(fds[i], name)));
      break;
    case 19:
      say("%d unlink %s: %s", step, name, result(unlink(name)));
      break;
  }
}
int main(void) {
  static const char *const titles[] = {"first", "second", "third",   "fourth",
                                       "fifth", "sixth",  "seventh", "eighth"};
  for (int round = 0; round < 8; round++) {
    CHECK("sendto recvmsg poll shutdown connect", titles[round]);
    state = 88172645463325252ULL + round * 7919;
    for (int i = 0; i < 20; i++) any(2);
    for (int i = 0; i < SOCKETS; i++) fds[i] = -1;
    for (step = 0; step < 150; step++) {
      static const size_t sizes[] = {0, 1, 2, 3, 10, 100, 1000, 4000, 20000, 70000, 200000};
      int i = any(SOCKETS), j = any(SOCKETS);
      size_t size = sizes[any(any(3) ? 6 : 11)];
      char name[8];
      snprintf(name, sizeof name, "n%d", any(4));
      for (int k = 0; k < 64; k++) bytes[k] = (char)('a' + (step + k) % 26);
      if (fds[i] < 0 || any(8) == 0)
        make(i, j, name);
      else
        use(i, j, size, name);
      for (int k = 0; k < SOCKETS; k++) {
        if (fds[k] < 0 || (k != i && k != j && any(4))) continue;
        struct pollfd p = {fds[k], POLLIN | POLLPRI | POLLOUT | POLLRDHUP, 0};
        NEED(poll(&p, 1, 0));
        say("events %d: %#x", k, p.revents);
      }
    }
    for (int i = 0; i < SOCKETS; i++) put_at(i, -1);
    for (int i = 0; i < 4; i++) {
      char name[8];
      snprintf(name, sizeof name, "n%d", i);
      unlink(name);
    }
  }
  return 0;
}
