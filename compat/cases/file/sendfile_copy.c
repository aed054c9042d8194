// Moving data between files without a buffer.
#include "case.h"

#include <sys/sendfile.h>
int main(void) {
  put("in", "0123456789");
  int in = NEED(open("in", O_RDWR)), out = NEED(open("out", O_RDWR | O_CREAT, 0644));
  CHECK("sendfile", "from the offset, from a position");
  R(sendfile(out, in, NULL, 4));
  R(lseek(in, 0, SEEK_CUR));
  off_t offset = 7;
  R(sendfile(out, in, &offset, 100));
  R(offset);
  R(lseek(in, 0, SEEK_CUR));
  R(sendfile(out, in, &offset, 100));
  say("out: %s", get("out"));
  CHECK("sendfile", "to a pipe");
  int pipes[2];
  NEED(pipe(pipes));
  R(sendfile(pipes[1], in, NULL, 3));
  char text[8] = {0};
  R(read(pipes[0], text, 8));
  say("%s", text);
  CHECK("sendfile", "what it refuses");
  R(sendfile(out, pipes[0], NULL, 3));
  R(sendfile(in, -1, NULL, 3));
  offset = -1;
  R(sendfile(out, in, &offset, 3));
  int append = NEED(open("out", O_WRONLY | O_APPEND));
  R(sendfile(append, in, NULL, 1));
  CHECK("copy_file_range", "between positions");
  off_t from = 2, to = 20;
  R(copy_file_range(in, &from, out, &to, 5, 0));
  R(from);
  R(to);
  R(lseek(out, 0, SEEK_END));
  CHECK("copy_file_range", "flags, the end, overlaps, descriptors");
  R(copy_file_range(in, &from, out, &to, 5, 1));
  from = 100;
  R(copy_file_range(in, &from, out, &to, 5, 0));
  from = 0, to = 2;
  R(copy_file_range(in, &from, in, &to, 5, 0));
  R(copy_file_range(in, NULL, append, NULL, 5, 0));
  int reader = NEED(open("in", O_RDONLY));
  R(copy_file_range(in, &from, reader, &to, 5, 0));
  R(copy_file_range(in, &from, pipes[1], NULL, 5, 0));
  return 0;
}
