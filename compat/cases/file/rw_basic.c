// Reading and writing at the offset and at given positions.
#include "case.h"

int main(void) {
  int fd = NEED(open("f", O_RDWR | O_CREAT, 0644));
  char text[32] = {0};
  CHECK("write read", "at the offset");
  R(write(fd, "hello world", 11));
  R(lseek(fd, 0, SEEK_CUR));
  R(read(fd, text, 5));
  R(lseek(fd, 6, SEEK_SET));
  R(read(fd, text, sizeof text));
  say("got %s", text);
  CHECK("pread64", "at a position");
  R(pread(fd, text, 3, 1));
  say("got %.3s", text);
  CHECK("pwrite64", "at a position; the offset stays");
  R(pwrite(fd, "HELLO", 5, 0));
  R(lseek(fd, 0, SEEK_CUR));
  CHECK("pread64 pwrite64", "beyond the end, negative positions");
  R(pread(fd, text, 3, 100));
  R(pread(fd, text, 3, -1));
  R(pwrite(fd, text, 3, -1));
  CHECK("read write", "no bytes");
  R(read(fd, text, 0));
  R(write(fd, text, 0));
  R(write(fd, NULL, 0));
  CHECK("pwrite64", "beyond the end");
  R(pwrite(fd, "Z", 1, 20));
  memset(text, '.', sizeof text);
  R(pread(fd, text, sizeof text, 0));
  for (int i = 0; i < 21; i++)
    if (text[i] == 0) text[i] = '_';
  say("got %.32s", text);
  CHECK("read write", "no descriptor");
  R(read(-1, text, 1));
  R(write(-1, text, 1));
  CHECK("read pread64", "a directory");
  int dir = NEED(open(".", O_RDONLY));
  R(read(dir, text, 1));
  R(pread(dir, text, 1, 0));
  CHECK("pread64 pwrite64", "a pipe");
  int pipes[2];
  NEED(pipe(pipes));
  R(pread(pipes[0], text, 1, 0));
  R(pwrite(pipes[1], text, 1, 0));
  CHECK("read write", "the wrong end of a pipe");
  R(write(pipes[0], text, 1));
  R(read(pipes[1], text, 1));
  return 0;
}
