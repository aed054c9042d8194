// sendfile and splice to and from local sockets.
#include "unix.h"

#include <sys/sendfile.h>

int main(void) {
  int s[2], p[2];
  char text[64] = {0};
  put("f", "contents of a file");
  int file = NEED(open("f", O_RDWR));
  NEED(pipe(p));
  CHECK("sendfile", "a file to a stream");
  given_pair(SOCK_STREAM, s);
  off_t at = 9;
  R(sendfile(s[0], file, &at, 100));
  R(at);
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  say("%.9s", text);
  CHECK("sendfile", "a file to datagrams");
  int d[2];
  given_pair(SOCK_DGRAM, d);
  at = 0;
  R(sendfile(d[0], file, &at, 8));
  R(recv(d[1], text, sizeof text, MSG_DONTWAIT));
  CHECK("sendfile", "from a socket");
  NEED(write(s[0], "bytes", 5));
  R(sendfile(file, s[1], NULL, 5));
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  CHECK("splice", "a pipe to a stream");
  NEED(write(p[1], "from a pipe", 11));
  R(splice(p[0], NULL, s[0], NULL, 4, 0));
  R(splice(p[0], NULL, s[0], NULL, 100, SPLICE_F_NONBLOCK));
  memset(text, 0, sizeof text);
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  say("%s", text);
  CHECK("splice", "a stream to a pipe");
  NEED(write(s[0], "to a pipe", 9));
  R(splice(s[1], NULL, p[1], NULL, 4, 0));
  R(splice(s[1], NULL, p[1], NULL, 100, SPLICE_F_NONBLOCK));
  R(splice(s[1], NULL, p[1], NULL, 100, SPLICE_F_NONBLOCK));
  memset(text, 0, sizeof text);
  R(read(p[0], text, sizeof text));
  say("%s", text);
  CHECK("splice", "a stream that has ended");
  NEED(write(s[0], "rest", 4));
  close(s[0]);
  R(splice(s[1], NULL, p[1], NULL, 100, 0));
  R(splice(s[1], NULL, p[1], NULL, 100, 0));
  R(read(p[0], text, sizeof text));
  CHECK("splice", "datagrams from a pipe, and to it");
  NEED(write(p[1], "gram", 4));
  R(splice(p[0], NULL, d[0], NULL, 4, 0));
  R(recv(d[1], text, sizeof text, MSG_DONTWAIT));
  NEED(write(d[0], "gram", 4));
  R(splice(d[1], NULL, p[1], NULL, 4, SPLICE_F_NONBLOCK));
  CHECK("splice", "offsets and partners that cannot be");
  given_pair(SOCK_STREAM, s);
  loff_t offset = 0;
  R(splice(p[0], NULL, s[0], &offset, 4, SPLICE_F_NONBLOCK));
  R(splice(s[0], NULL, s[1], NULL, 4, SPLICE_F_NONBLOCK));
  CHECK("sendfile", "a peer that is gone");
  signal(SIGPIPE, SIG_IGN);
  close(s[1]);
  at = 0;
  R(sendfile(s[0], file, &at, 5));
  R(at);
  CHECK("lseek pread64 pwrite64", "a socket has no position");
  R(lseek(s[0], 0, SEEK_CUR));
  R(pread(s[0], text, 1, 0));
  R(pwrite(s[0], text, 1, 0));
  R(ftruncate(s[0], 0));
  R(fsync(s[0]));
  R(mmap(NULL, 4096, PROT_READ, MAP_SHARED, s[0], 0) == MAP_FAILED);
  return 0;
}
