// Pages between pipes and files.
#include "case.h"

int main(void) {
  put("in", "hello splice");
  int in = NEED(open("in", O_RDONLY)), out = NEED(open("out", O_RDWR | O_CREAT, 0644));
  int a[2], b[2];
  NEED(pipe(a));
  NEED(pipe(b));
  CHECK("splice", "from a file at a position");
  loff_t offset = 6;
  R(splice(in, &offset, a[1], NULL, 100, 0));
  R(offset);
  CHECK("tee", "leaves the data");
  R(tee(a[0], b[1], 3, 0));
  char text[32] = {0};
  R(read(b[0], text, sizeof text));
  say("%s", text);
  CHECK("splice", "to a file, nothing left");
  R(splice(a[0], NULL, out, NULL, 100, 0));
  say("out: %s", get("out"));
  R(splice(a[0], NULL, out, NULL, 100, SPLICE_F_NONBLOCK));
  CHECK("splice", "from pipe to pipe");
  NEED(write(a[1], "piped", 5));
  R(splice(a[0], NULL, b[1], NULL, 3, 0));
  memset(text, 0, sizeof text);
  R(read(b[0], text, sizeof text));
  say("%s", text);
  CHECK("vmsplice", "from memory");
  struct iovec vector = {"vector", 6};
  R(vmsplice(b[1], &vector, 1, 0));
  memset(text, 0, sizeof text);
  R(read(b[0], text, sizeof text));
  say("%s", text);
  CHECK("splice tee", "what is no pipe, the same pipe");
  R(splice(in, NULL, out, NULL, 5, 0));
  R(splice(a[0], &offset, out, NULL, 5, 0));
  R(tee(in, a[1], 5, 0));
  R(splice(a[0], NULL, a[1], NULL, 5, 0));
  CHECK("splice", "the end");
  close(a[1]);
  R(splice(a[0], NULL, out, NULL, 100, 0));
  R(splice(a[0], NULL, out, NULL, 100, 0));
  return 0;
}
