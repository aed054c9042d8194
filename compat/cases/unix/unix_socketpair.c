// socketpair: kinds, flags, errors, and that both ends are alike.
#include "unix.h"

int main(void) {
  static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW, SOCK_RDM, 0, 9};
  int s[2], value;
  socklen_t length = sizeof value;
  CHECK("socketpair", "kinds");
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    int r = socketpair(AF_UNIX, kinds[i], 0, s);
    if (r == -1) {
      say("%d: %s", kinds[i], errno_name(errno));
      continue;
    }
    NEED(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &length));
    char text[8] = {0};
    NEED(write(s[1], "ping", 4));
    NEED(read(s[0], text, 8));
    NEED(write(s[0], text, 4));
    memset(text, 0, 8);
    NEED(read(s[1], text, 8));
    say("%d: type %d, %s", kinds[i], value, text);
    close(s[0]), close(s[1]);
  }
  CHECK("socketpair", "protocols");
  R(socketpair(AF_UNIX, SOCK_STREAM, PF_UNIX, s));
  R(socketpair(AF_UNIX, SOCK_STREAM, 2, s));
  R(socketpair(AF_UNIX, SOCK_STREAM, -1, s));
  CHECK("socketpair(SOCK_CLOEXEC|SOCK_NONBLOCK)", "flags");
  R(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s));
  say("%o %o", fcntl(s[0], F_GETFD), fcntl(s[1], F_GETFD));
  say("%o %o", fcntl(s[0], F_GETFL), fcntl(s[1], F_GETFL));
  R(read(s[0], &value, 1));
  R(socketpair(AF_UNIX, SOCK_STREAM | 0x100000, 0, s));
  CHECK("socketpair", "families");
  R(socketpair(AF_INET, SOCK_STREAM, 0, s));
  R(socketpair(AF_INET, SOCK_DGRAM, 0, s));
  R(socketpair(999, SOCK_STREAM, 0, s));
  CHECK("socketpair", "a bad pointer leaves nothing behind");
  int before = NEED(dup(0));
  close(before);
  int *volatile nowhere = (void *)8;
  R(socketpair(AF_UNIX, SOCK_STREAM, 0, nowhere));
  int after = NEED(dup(0));
  close(after);
  T(before == after);
  CHECK("socketpair", "no descriptors left");
  struct rlimit limit = {before + 1, before + 1};
  struct rlimit old;
  NEED(getrlimit(RLIMIT_NOFILE, &old));
  limit.rlim_max = old.rlim_max;
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  R(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  R(dup(0) == before);
  close(before);
  NEED(setrlimit(RLIMIT_NOFILE, &old));
  CHECK("bind connect listen", "what an end of a pair may still do");
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  R(bind_to(s[0], "end"));
  R(listen(s[0], 1));
  R(connect_to(s[1], "end"));
  return 0;
}
