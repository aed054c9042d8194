// covers: sendfile
// sendfile(2) into a pipe fills it once, as splice(2) does.
#include "case.h"

#include <sys/sendfile.h>

static char data[200000];

int main(void) {
  int p[2];
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0600));
  NEED(write(fd, data, sizeof data));
  NEED(pipe(p));
  off_t at = 0;
  CHECK("sendfile", "does not wait for readers to take the rest");
  R(sendfile(p[1], fd, &at, sizeof data));
  R(at);
  NEED(read(p[0], data, 65536));
  at = 100;
  R(sendfile(p[1], fd, &at, sizeof data));
  R(at);
  CHECK("sendfile", "a full pipe that does not wait");
  NEED(fcntl(p[1], F_SETFL, O_NONBLOCK));
  R(sendfile(p[1], fd, &at, 10));
  R(at);
  NEED(read(p[0], data, 8192));
  R(sendfile(p[1], fd, &at, 100000) > 0);
  CHECK("sendfile", "a full pipe that waits");
  NEED(pipe(p));
  NEED(write(p[1], data, 65536));
  pid_t child = CHILD({
    sleep_ms(40);
    NEED(read(p[0], data, 4096));
  });
  at = 4096;
  R(sendfile(p[1], fd, &at, 100000));
  reap("reader", child);
  CHECK("sendfile", "at the end of the file, and past it");
  NEED(pipe(p));
  at = sizeof data - 5;
  R(sendfile(p[1], fd, &at, 100));
  R(sendfile(p[1], fd, &at, 100));
  at = 1000000;
  R(sendfile(p[1], fd, &at, 100));
  CHECK("sendfile", "the own position");
  NEED(lseek(fd, 1000, SEEK_SET));
  R(sendfile(p[1], fd, NULL, 100));
  R(lseek(fd, 0, SEEK_CUR));
  CHECK("sendfile", "without readers");
  signal(SIGPIPE, SIG_IGN);
  close(p[0]);
  R(sendfile(p[1], fd, NULL, 100));
  R(lseek(fd, 0, SEEK_CUR));
  CHECK("sendfile", "single bytes fill a pipe of sixteen pages");
  NEED(pipe2(p, O_NONBLOCK));
  int count = 0;
  at = 0;
  while (sendfile(p[1], fd, &at, 1) == 1) count++;
  R(count);
  return 0;
}
