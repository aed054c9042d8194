// The devices that every program expects.
#include "case.h"

int main(void) {
  char text[64];
  memset(text, 1, sizeof text);
  int null = NEED(open("/dev/null", O_RDWR)), zero = NEED(open("/dev/zero", O_RDWR)),
      full = NEED(open("/dev/full", O_RDWR));
  CHECK("read write lseek", "/dev/null");
  R(read(null, text, 10));
  R(write(null, text, 10));
  R(lseek(null, 5, SEEK_SET));
  CHECK("read write", "/dev/zero");
  R(read(zero, text, 10));
  R(text[0] + text[9]);
  R(text[10]);
  R(write(zero, text, 10));
  CHECK("read write", "/dev/full");
  R(read(full, text, 20));
  R(text[19]);
  R(write(full, text, 1));
  R(write(full, text, 0));
  CHECK("read", "/dev/random and /dev/urandom");
  const char *random[] = {"/dev/random", "/dev/urandom"};
  for (int i = 0; i < 2; i++) {
    int fd = NEED(open(random[i], O_RDONLY));
    char a[32], b[32];
    R(read(fd, a, 32));
    R(read(fd, b, 32));
    T(memcmp(a, b, 32) != 0);
  }
  CHECK("ftruncate openat(O_TRUNC)", "/dev/null is not truncated");
  R(ftruncate(null, 0));
  OK(open("/dev/null", O_WRONLY | O_TRUNC | O_CREAT, 0644));
  CHECK("ioctl(FIONREAD|TCGETS)", "/dev/null is no terminal");
  R(ioctl(null, FIONREAD, text));
  R(isatty(null));
  R(errno);
  CHECK("poll", "/dev/zero is always ready");
  struct pollfd poller = {zero, POLLIN | POLLOUT, 0};
  R(poll(&poller, 1, 0));
  R(poller.revents);
  CHECK("mmap(MAP_PRIVATE)", "/dev/zero gives zeroed memory");
  char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
  T(map != MAP_FAILED && map[100] == 0);
  CHECK("readlink", "/dev/fd and /dev/stdin");
  char target[64] = {0};
  R(readlink("/dev/fd", target, sizeof target));
  say("%s", target);
  memset(target, 0, sizeof target);
  R(readlink("/dev/stdin", target, sizeof target));
  say("%s", target);
  CHECK("openat", "/dev/fd/N is the pipe again");
  int p[2];
  NEED(pipe(p));
  NEED(write(p[1], "via", 3));
  char path[32];
  sprintf(path, "/dev/fd/%d", p[0]);
  int again = NEED(open(path, O_RDONLY | O_NONBLOCK));
  R(read(again, text, 3));
  CHECK("openat", "/dev/tty without a terminal, a missing device, /dev/ptmx");
  setsid();
  R(open("/dev/tty", O_RDWR));
  R(open("/dev/missing", O_RDONLY));
  R(open("/dev/ptmx", O_RDWR) >= 0);
  return 0;
}
