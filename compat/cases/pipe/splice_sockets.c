// covers: splice
// Between pipes and unix sockets.
#include "case.h"

static char data[65536], back[65536];

int main(void) {
  int p[2], s[2];
  for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 3);
  NEED(pipe(p));
  CHECK("splice", "into a stream socket");
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  NEED(write(p[1], data, 20000));
  R(splice(p[0], NULL, s[0], NULL, 5000, 0));
  R(splice(p[0], NULL, s[0], NULL, 100000, 0));
  R(recv(s[1], back, 20000, MSG_WAITALL));
  T(memcmp(data, back, 20000) == 0);
  CHECK("splice", "out of a stream socket");
  NEED(write(s[0], "hello", 5));
  R(splice(s[1], NULL, p[1], NULL, 3, 0));
  R(splice(s[1], NULL, p[1], NULL, 100, 0));
  R(read(p[0], back, sizeof back));
  CHECK("splice(SPLICE_F_NONBLOCK)", "a stream socket without data");
  R(splice(s[1], NULL, p[1], NULL, 100, SPLICE_F_NONBLOCK));
  CHECK("splice", "each splice into a datagram socket is a datagram");
  int d[2];
  NEED(socketpair(AF_UNIX, SOCK_DGRAM, 0, d));
  NEED(write(p[1], data, 5000));
  R(splice(p[0], NULL, d[0], NULL, 4500, 0));
  R(splice(p[0], NULL, d[0], NULL, 4500, 0));
  R(recv(d[1], back, sizeof back, 0));
  R(recv(d[1], back, sizeof back, 0));
  CHECK("splice", "to a socket whose peer is gone");
  signal(SIGPIPE, SIG_IGN);
  NEED(write(p[1], "kept", 4));
  close(s[1]);
  R(splice(p[0], NULL, s[0], NULL, 4, 0));
  R(read(p[0], back, sizeof back));
  CHECK("splice", "from a socket that is shut down");
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  NEED(write(s[0], "end", 3));
  NEED(shutdown(s[0], SHUT_WR));
  R(splice(s[1], NULL, p[1], NULL, 100, 0));
  R(splice(s[1], NULL, p[1], NULL, 100, 0));
  R(read(p[0], back, sizeof back));
  CHECK("splice", "a blocking stream takes all that the pipe has, as its reader makes room");
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  NEED(fcntl(p[1], F_SETPIPE_SZ, 1 << 20));
  static char big[600000], got[600000];
  for (size_t i = 0; i < sizeof big; i++) big[i] = (char)(i / 5);
  NEED(write(p[1], big, sizeof big));
  pid_t child = CHILD({
    close(s[0]);
    size_t n = 0;
    ssize_t r;
    while (n < sizeof got && (r = read(s[1], got + n, sizeof got - n)) > 0) n += r;
    _exit(n == sizeof got && memcmp(got, big, n) == 0 ? 0 : 1);
  });
  close(s[1]);
  R(splice(p[0], NULL, s[0], NULL, sizeof big, 0));
  close(s[0]);
  reap("reader", child);
  return 0;
}
