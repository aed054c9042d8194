// timeout: 20
// What happens to a pipe that has been busy with small messages when something about it changes.
#include "../case.h"

enum { WARM = 400 };

static void warm(const int ends[2]) {
  char byte = 'w';
  for (int i = 0; i < WARM; i++) {
    NEED(write(ends[1], &byte, 1));
    NEED(read(ends[0], &byte, 1));
  }
}

static void busy(int ends[2]) {
  NEED(pipe(ends));
  warm(ends);
}

static void *bad(void) {
  char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page + 4096, 4096);
  return page + 4096;
}

static int pending(int fd) {
  int n = -1;
  NEED(ioctl(fd, FIONREAD, &n));
  return n;
}

int main(void) {
  int ends[2], status;
  char buf[64] = "";
  static char block[200000];
  signal(SIGPIPE, SIG_IGN);

  CHECK("read write", "ends and buffers that are the wrong ones");
  busy(ends);
  R(read(ends[1], buf, 1));
  R(write(ends[0], buf, 1));
  R(write(ends[1], bad(), 10));
  NEED(write(ends[1], "hello", 5));
  R(read(ends[0], bad(), 5));
  R(read(ends[0], buf, sizeof buf));
  say("%.5s", buf);
  R(write(ends[1], buf, 0));
  R(read(ends[0], buf, 0));

  CHECK("poll ioctl(FIONREAD)", "what each end has to say");
  warm(ends);
  struct pollfd p[2] = {{.fd = ends[0], .events = POLLIN | POLLOUT},
                        {.fd = ends[1], .events = POLLIN | POLLOUT}};
  R(poll(p, 2, 0));
  say("%x %x, %d", (unsigned)p[0].revents, (unsigned)p[1].revents, pending(ends[0]));
  NEED(write(ends[1], "four", 4));
  R(poll(p, 2, 0));
  say("%x %x, %d", (unsigned)p[0].revents, (unsigned)p[1].revents, pending(ends[1]));

  CHECK("splice tee", "what is in it");
  int other[2];
  NEED(pipe(other));
  R(tee(ends[0], other[1], 100, 0));
  R(splice(ends[0], NULL, other[1], NULL, 2, 0));
  R(read(ends[0], buf, sizeof buf));
  R(read(other[0], buf, sizeof buf));
  say("%.6s", buf);
  warm(ends);

  CHECK("fcntl(F_SETPIPE_SZ|F_GETPIPE_SZ)", "with bytes in it");
  NEED(write(ends[1], block, 6000));
  R(fcntl(ends[1], F_SETPIPE_SZ, 4096));
  R(fcntl(ends[1], F_SETPIPE_SZ, 8192));
  R(fcntl(ends[0], F_GETPIPE_SZ));
  R(read(ends[0], block, sizeof block));
  warm(ends);

  CHECK("fcntl(O_NONBLOCK)", "for each end");
  busy(ends);
  NEED(fcntl(ends[0], F_SETFL, O_NONBLOCK));
  NEED(fcntl(ends[1], F_SETFL, O_NONBLOCK));
  R(read(ends[0], buf, 1));
  R(write(ends[1], block, sizeof block));
  R(write(ends[1], block, 1));
  R(read(ends[0], block, sizeof block));
  R(read(ends[0], block, sizeof block));
  NEED(fcntl(ends[0], F_SETFL, 0));
  NEED(fcntl(ends[1], F_SETFL, 0));

  CHECK("fcntl(O_DIRECT)", "packets from now on");
  warm(ends);
  NEED(fcntl(ends[1], F_SETFL, O_DIRECT));
  NEED(write(ends[1], "one", 3));
  NEED(write(ends[1], "three", 5));
  R(read(ends[0], buf, 2));
  R(read(ends[0], buf, sizeof buf));

  CHECK("fork", "parent and child write");
  busy(ends);
  NEED(write(ends[1], "parent", 6));
  pid_t pid = NEED(fork());
  if (pid == 0) _exit(write(ends[1], "child", 5) == 5 ? 0 : 1);
  NEED(waitpid(pid, &status, 0));
  T(status == 0);
  R(read(ends[0], buf, sizeof buf));
  say("%.11s", buf);

  CHECK("dup2 close", "other descriptors, other files");
  busy(ends);
  NEED(write(ends[1], "here", 4));
  NEED(write(other[1], "there", 5));
  int kept = NEED(dup(ends[0]));
  R(dup2(other[0], ends[0]));
  R(read(ends[0], buf, sizeof buf));
  R(read(kept, buf, sizeof buf));
  say("%.4s", buf);

  CHECK("open", "the same pipe once more, through /proc");
  busy(ends);
  NEED(write(ends[1], "twice", 5));
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", ends[0]);
  int again = NEED(open(name, O_RDONLY | O_NONBLOCK));
  R(read(again, buf, 2));
  R(read(ends[0], buf, sizeof buf));
  R(read(again, buf, 2));
  close(again);

  CHECK("close read", "no writer any more");
  warm(ends);
  NEED(write(ends[1], "end", 3));
  R(close(ends[1]));
  R(read(ends[0], buf, sizeof buf));
  R(read(ends[0], buf, sizeof buf));

  CHECK("close write", "no reader any more");
  busy(ends);
  R(close(ends[0]));
  R(write(ends[1], buf, 1));

  CHECK("write read", "between processes, one message a time");
  int back[2];
  NEED(pipe(ends));
  NEED(pipe(back));
  if ((pid = NEED(fork())) == 0) {
    close(ends[1]);
    close(back[0]);
    ssize_t n;
    while ((n = read(ends[0], block, 1000)) > 0)
      if (write(back[1], block, (size_t)n) != n) _exit(1);
    _exit(0);
  }
  close(ends[0]);
  close(back[1]);
  long right = 0;
  for (int i = 0; i < 2000; i++) {
    size_t length = 1 + (size_t)(i * 37 % 900), got = 0;
    memset(block, i, length);
    NEED(write(ends[1], block, length));
    memset(block, 0, length);
    while (got < length) {
      ssize_t n = read(back[0], block + got, length - got);
      if (n <= 0) break;
      got += (size_t)n;
    }
    right += got == length && block[0] == (char)i && block[length - 1] == (char)i;
  }
  T(right == 2000);
  close(ends[1]);
  NEED(waitpid(pid, &status, 0));
  T(status == 0);
  return 0;
}
