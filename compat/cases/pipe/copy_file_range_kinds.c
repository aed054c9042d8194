// covers: copy_file_range
// copy_file_range(2) between kinds of files.
#include "case.h"

#include <sys/eventfd.h>

static void copy(const char *label, int in, int out) {
  long n = copy_file_range(in, NULL, out, NULL, 4, 0);
  say(n < 0 ? "%s: %s" : "%s: %ld", label, n < 0 ? (long)errno_name(errno) : n);
}

int main(void) {
  int p[2], s[2];
  put("f", "0123456789");
  int in = NEED(open("f", O_RDONLY)), out = NEED(open("o", O_RDWR | O_CREAT, 0600));
  NEED(pipe2(p, O_NONBLOCK));
  NEED(write(p[1], "in the pipe", 11));
  NEED(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
  CHECK("copy_file_range", "only between files");
  copy("file to file", in, out);
  copy("pipe to file", p[0], out);
  copy("file to pipe", in, p[1]);
  copy("socket to file", s[0], out);
  copy("file to socket", in, s[0]);
  copy("directory to file", NEED(open(".", O_RDONLY)), out);
  copy("device to file", NEED(open("/dev/zero", O_RDONLY)), out);
  copy("file to device", in, NEED(open("/dev/null", O_WRONLY)));
  copy("eventfd to file", NEED(eventfd(1, EFD_NONBLOCK)), out);
  copy("file to a path", in, NEED(open("o", O_PATH)));
  copy("file to a reader", in, NEED(open("o", O_RDONLY)));
  copy("from a writer", NEED(open("f", O_WRONLY)), out);
  copy("file to an appender", in, NEED(open("o", O_WRONLY | O_APPEND)));
  CHECK("copy_file_range", "a memfd is a file, of another file system");
  int memory = NEED(memfd_create("m", 0)), other = NEED(memfd_create("n", 0));
  NEED(pwrite(memory, "memory", 6, 0));
  copy("memfd to memfd", memory, other);
  CHECK("copy_file_range", "positions");
  loff_t from = 2, to = 5;
  R(copy_file_range(in, &from, out, &to, 4, 0));
  say("%d %d", (int)from, (int)to);
  from = -1;
  R(copy_file_range(in, &from, out, &to, 4, 0));
  from = 8;
  R(copy_file_range(in, &from, out, &to, 100, 0));
  R(copy_file_range(in, &from, out, &to, 100, 0));
  say("%d %d", (int)from, (int)to);
  R(copy_file_range(in, &from, out, &to, 100, 1));
  CHECK("copy_file_range", "within one file");
  int both = NEED(open("f", O_RDWR));
  from = 0;
  to = 5;
  R(copy_file_range(both, &from, both, &to, 5, 0));
  from = 0;
  to = 3;
  R(copy_file_range(both, &from, both, &to, 5, 0));
  say("%s", get("f"));
  return 0;
}
