// Bytes on their way that nobody reads: both ends may write much before either reads (tcp(7), tcp_wmem).
#include "../case.h"

#include <netinet/in.h>

enum { MUCH = 2 << 20 };
static char bytes[1 << 16];

static void pair(int ends[2]) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof a;
  int listener = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(bind(listener, (void *)&a, sizeof a));
  NEED(listen(listener, 1));
  NEED(getsockname(listener, (void *)&a, &len));
  ends[0] = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(connect(ends[0], (void *)&a, len));
  ends[1] = NEED(accept(listener, NULL, NULL));
  close(listener);
}

/* Writes as much, waiting for room at most two seconds at a time. */
static long fill(int fd, long much) {
  long done = 0;
  while (done < much) {
    long want = much - done < (long)sizeof bytes ? much - done : (long)sizeof bytes;
    long n = send(fd, bytes, want, MSG_DONTWAIT);
    if (n > 0)
      done += n;
    else if (poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 2000) <= 0)
      break;
  }
  return done;
}

static long drain(int fd) {
  long sum = 0, n;
  while ((n = read(fd, bytes, sizeof bytes)) > 0) sum += n;
  return sum;
}

int main(void) {
  int ends[2];
  pair(ends);

  CHECK("sendto poll", "two megabytes each way before anybody reads");
  say("one end: %ld", fill(ends[0], MUCH));
  say("the other: %ld", fill(ends[1], MUCH));

  CHECK("shutdown read", "all of it arrives");
  R(shutdown(ends[0], SHUT_WR));
  R(shutdown(ends[1], SHUT_WR));
  say("one end: %ld", drain(ends[0]));
  say("the other: %ld", drain(ends[1]));

  CHECK("write", "one call that waits for nobody");
  pair(ends);
  char *block = calloc(1, MUCH);
  R(write(ends[0], block, MUCH));
  close(ends[0]);
  say("read: %ld", drain(ends[1]));

  CHECK("setsockopt(SO_SNDBUF) sendto", "a buffer that was set is a bound");
  pair(ends);
  int size = 32768;
  R(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
  T(fill(ends[0], MUCH) < MUCH / 2);
  return 0;
}
