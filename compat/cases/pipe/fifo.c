// Named pipes: opening blocks for the other side, O_NONBLOCK does not.
#include "case.h"

int main(void) {
  CHECK("mknodat(S_IFIFO)", "made once");
  R(mkfifo("f", 0644));
  R(mkfifo("f", 0644));
  CHECK("openat(O_NONBLOCK)", "a FIFO without the other side");
  R(open("f", O_WRONLY | O_NONBLOCK));
  int reader = NEED(open("f", O_RDONLY | O_NONBLOCK));
  CHECK("read write", "through a FIFO");
  char text[16] = {0};
  R(read(reader, text, 8));
  int writer = NEED(open("f", O_WRONLY | O_NONBLOCK));
  R(read(reader, text, 8));
  R(write(writer, "through", 7));
  R(read(reader, text, 8));
  say("%s", text);
  close(writer);
  R(read(reader, text, 8));
  close(reader);
  CHECK("openat", "waits for the other side");
  pid_t child = CHILD({
    int fd = NEED(open("f", O_WRONLY));
    NEED(write(fd, "blocked open", 12));
  });
  int fd = NEED(open("f", O_RDONLY));
  memset(text, 0, sizeof text);
  R(read(fd, text, 16));
  say("%s", text);
  R(read(fd, text, 16));
  reap("child", child);
  CHECK("openat(O_RDWR)", "both sides");
  fd = NEED(open("f", O_RDWR));
  R(write(fd, "both", 4));
  R(read(fd, text, 16));
  R(lseek(fd, 0, SEEK_SET));
  NEED(unlink("f"));
  R(write(fd, "both", 4));
  CHECK("mknodat", "kinds");
  R(mknod("g", S_IFIFO | 0600, 0));
  struct stat st;
  NEED(stat("g", &st));
  say("%o", st.st_mode);
  R(mknod("h", 0600, 0));
  NEED(stat("h", &st));
  say("%o", st.st_mode);
  R(mknod("d", S_IFDIR | 0600, 0));
  R(mknod("g", S_IFIFO | 0600, 0));
  R(mknod("x", 0170000, 0));
  return 0;
}
