// covers: splice sendfile
// Between pipes, files and TCP.
#include "case.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/sendfile.h>
static char data[300000], back[300000];

static void tcp_pair(int *pair) {
  int listener = NEED(socket(AF_INET, SOCK_STREAM, 0));
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  NEED(bind(listener, (struct sockaddr *)&address, size));
  NEED(listen(listener, 1));
  NEED(getsockname(listener, (struct sockaddr *)&address, &size));
  pair[0] = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(connect(pair[0], (struct sockaddr *)&address, size));
  pair[1] = NEED(accept(listener, NULL, NULL));
  close(listener);
}

int main(void) {
  int p[2], s[2];
  for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 11 + i / 999);
  tcp_pair(s);
  NEED(pipe(p));
  CHECK("splice", "from a pipe into TCP and back");
  NEED(write(p[1], data, 30000));
  R(splice(p[0], NULL, s[0], NULL, 30000, SPLICE_F_MORE));
  R(splice(p[0], NULL, s[0], NULL, 30000, SPLICE_F_NONBLOCK));
  size_t got = 0;
  while (got < 30000) {
    ssize_t n = NEED(splice(s[1], NULL, p[1], NULL, 30000 - got, 0));
    while (n > 0) {
      ssize_t r = NEED(read(p[0], back + got, n));
      n -= r;
      got += r;
    }
  }
  T(memcmp(data, back, 30000) == 0);
  CHECK("sendfile", "a whole file into TCP");
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0600));
  NEED(write(fd, data, sizeof data));
  pid_t child = CHILD({
    close(s[0]);
    _exit(recv(s[1], back, sizeof data, MSG_WAITALL) == sizeof data && memcmp(data, back, sizeof data) == 0
              ? 0
              : 1);
  });
  off_t at = 0;
  R(sendfile(s[0], fd, &at, sizeof data));
  R(at);
  reap("receiver", child);
  CHECK("splice", "from TCP into a file goes by a pipe only");
  NEED(write(s[0], "x", 1));
  R(splice(s[1], NULL, fd, NULL, 1, 0));
  R(sendfile(fd, s[1], NULL, 1));
  CHECK("splice", "the end, and a broken connection");
  signal(SIGPIPE, SIG_IGN);
  NEED(recv(s[1], back, 1, 0));
  NEED(shutdown(s[0], SHUT_WR));
  R(splice(s[1], NULL, p[1], NULL, 10, 0));
  NEED(write(p[1], "kept", 4));
  R(splice(p[0], NULL, s[0], NULL, 4, 0));
  R(read(p[0], back, 10));
  return 0;
}
