// End of file, broken pipes, partial reads, FIONREAD, sizes.
#include "case.h"

int main(void) {
  int p[2];
  char text[16] = {0};
  CHECK("pipe2 write read", "data and the end");
  R(pipe(p));
  R(write(p[1], "hello world", 11));
  int waiting = 0;
  R(ioctl(p[0], FIONREAD, &waiting));
  R(waiting);
  R(read(p[0], text, 5));
  R(read(p[0], text, 16));
  close(p[1]);
  R(read(p[0], text, 16));
  close(p[0]);
  CHECK("write", "EPIPE, or SIGPIPE");
  NEED(pipe(p));
  close(p[0]);
  signal(SIGPIPE, SIG_IGN);
  R(write(p[1], "x", 1));
  signal(SIGPIPE, SIG_DFL);
  reap("writer", CHILD(write(p[1], "x", 1)));
  CHECK("pipe2(O_NONBLOCK|O_CLOEXEC)", "both ends");
  R(pipe2(p, O_NONBLOCK | O_CLOEXEC));
  R(fcntl(p[0], F_GETFD));
  R(fcntl(p[1], F_GETFL) & O_NONBLOCK ? 1 : 0);
  R(read(p[0], text, 1));
  CHECK("fcntl(F_GETPIPE_SZ) write", "a full pipe");
  R(fcntl(p[0], F_GETPIPE_SZ));
  static char big[70000];
  R(write(p[1], big, sizeof big));
  R(write(p[1], big, 1));
  CHECK("ioctl(FIONREAD)", "what waits");
  R(ioctl(p[0], FIONREAD, &waiting));
  R(waiting);
  CHECK("write", "takes a page again when a page was read");
  R(read(p[0], big, 4096));
  R(write(p[1], big, 4097));
  R(write(p[1], big, 4096));
  CHECK("fcntl(F_SETPIPE_SZ)", "larger, and smaller than its contents");
  R(fcntl(p[0], F_SETPIPE_SZ, 131072));
  R(fcntl(p[0], F_SETPIPE_SZ, 4096));
  CHECK("write", "what fits");
  R(write(p[1], big, 65536));
  CHECK("pipe2", "flags and pointers");
  R(pipe2(p, 0x10));
  R(pipe(NULL));
  R(fcntl(0, F_GETFD));
  CHECK("newfstatat(AT_EMPTY_PATH)", "the mode of a pipe");
  struct stat st;
  NEED(fstat(p[0], &st));
  say("mode %o", st.st_mode);
  return 0;
}
