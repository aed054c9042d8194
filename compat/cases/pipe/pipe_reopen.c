// covers: openat
// A nameless pipe opened again through /proc/self/fd: never waits, and has flags of its own.
#include "case.h"

static char name[64];
static int again(int fd, int flags) {
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  return open(name, flags);
}

int main(void) {
  int p[2];
  char text[32] = {0};
  CHECK("openat(O_RDONLY|O_WRONLY|O_RDWR)", "each mode, whichever end is named");
  NEED(pipe(p));
  int writer = OK(again(p[0], O_WRONLY | O_NONBLOCK));
  int reader = OK(again(p[1], O_RDONLY | O_NONBLOCK));
  int both = OK(again(p[0], O_RDWR | O_NONBLOCK));
  say("%#x %#x %#x", fcntl(writer, F_GETFL), fcntl(reader, F_GETFL), fcntl(both, F_GETFL));
  say("%#x %#x", fcntl(p[0], F_GETFL), fcntl(p[1], F_GETFL));
  R(write(writer, "one", 3));
  R(write(both, "two", 3));
  R(read(reader, text, 4));
  R(read(both, text, 32));
  R(read(p[0], text, 0));
  R(read(reader, text, 32));
  R(write(reader, "x", 1));
  R(read(writer, text, 1));
  CHECK("openat(O_NONBLOCK)", "counts as an end: no hang-up while it is open");
  close(p[1]);
  close(writer);
  R(read(reader, text, 1));
  close(both);
  R(read(reader, text, 1));
  CHECK("openat(O_WRONLY|O_NONBLOCK)", "after all writers have gone there may be a new one");
  writer = OK(again(p[0], O_WRONLY | O_NONBLOCK));
  R(read(reader, text, 1));
  R(write(writer, "again", 5));
  R(read(p[0], text, 32));
  CHECK("openat(O_WRONLY|O_NONBLOCK)", "a nameless pipe without readers can be opened for writing");
  signal(SIGPIPE, SIG_IGN);
  close(p[0]);
  close(reader);
  int other = OK(again(writer, O_WRONLY | O_NONBLOCK));
  R(write(other, "x", 1));
  other = OK(again(writer, O_WRONLY));
  R(write(other, "x", 1));
  reader = OK(again(writer, O_RDONLY));
  R(write(writer, "late", 4));
  R(read(reader, text, 32));
  CHECK("openat(O_DIRECT) fcntl(F_SETFL)", "packets by one writer only");
  OK(again(writer, O_WRONLY | O_DIRECT));
  other = OK(again(writer, O_WRONLY));
  R(fcntl(other, F_SETFL, O_DIRECT));
  say("%#x %#x", fcntl(other, F_GETFL), fcntl(writer, F_GETFL));
  R(write(other, "ab", 2));
  R(write(writer, "cd", 2));
  R(write(other, "ef", 2));
  R(read(reader, text, 32));
  R(read(reader, text, 32));
  CHECK("openat", "flags that make no sense here");
  OK(again(reader, O_RDONLY | O_TRUNC));
  OK(again(reader, O_RDONLY | O_CREAT));
  R(again(reader, O_RDONLY | O_CREAT | O_EXCL));
  R(again(reader, O_RDONLY | O_DIRECTORY));
  R(again(reader, O_RDONLY | O_NOFOLLOW));
  R(again(reader, 3));
  return 0;
}
