// Pipes that keep the boundaries of writes; moving data with flags.
#include "case.h"

int main(void) {
  int p[2], q[2];
  char text[32] = {0};
  CHECK("pipe2(O_DIRECT)", "each read gets one write");
  R(pipe2(p, O_DIRECT | O_NONBLOCK));
  R(write(p[1], "one", 3));
  R(write(p[1], "second", 6));
  R(read(p[0], text, sizeof text));
  R(read(p[0], text, 2));
  R(read(p[0], text, sizeof text));
  CHECK("splice(SPLICE_F_NONBLOCK|SPLICE_F_MOVE)", "empty and full pipes");
  NEED(pipe2(p, 0));
  NEED(pipe2(q, 0));
  R(splice(p[0], NULL, q[1], NULL, 10, SPLICE_F_NONBLOCK));
  NEED(write(p[1], "moved", 5));
  R(splice(p[0], NULL, q[1], NULL, 10, SPLICE_F_NONBLOCK | SPLICE_F_MOVE));
  R(read(q[0], text, sizeof text));
  CHECK("splice", "flags, positions, descriptors");
  R(splice(p[0], NULL, q[1], NULL, 10, 0x100));
  R(splice(p[0], NULL, -1, NULL, 10, 0));
  R(splice(p[1], NULL, q[1], NULL, 10, 0));
  R(splice(p[0], NULL, q[0], NULL, 10, 0));
  R(splice(p[0], NULL, q[1], NULL, 0, 0));
  CHECK("tee(SPLICE_F_NONBLOCK)", "an empty pipe, flags, descriptors");
  R(tee(p[0], q[1], 10, SPLICE_F_NONBLOCK));
  R(tee(p[0], p[1], 10, 0));
  R(tee(p[0], q[1], 10, 0x100));
  R(tee(p[0], -1, 10, 0));
  CHECK("vmsplice(SPLICE_F_GIFT)", "several parts, and out of a pipe");
  struct iovec parts[2] = {{"ab", 2}, {"cde", 3}};
  R(vmsplice(p[1], parts, 2, SPLICE_F_GIFT));
  struct iovec room = {text, 4};
  R(vmsplice(p[0], &room, 1, 0));
  say("%.4s", text);
  R(vmsplice(p[1], parts, 2, 0x100));
  R(vmsplice(NEED(open(".", O_RDONLY)), parts, 2, 0));
  CHECK("sendfile", "from a file into a pipe that is full");
  put("f", "0123456789");
  int fd = NEED(open("f", O_RDONLY));
  NEED(pipe2(p, O_NONBLOCK));
  static char fill[65536];
  NEED(write(p[1], fill, sizeof fill));
  R(syscall(SYS_sendfile, p[1], fd, NULL, 10));
  CHECK("read write", "both ends through /proc/self/fd");
  NEED(pipe2(p, O_NONBLOCK));
  sprintf(text, "/proc/self/fd/%d", p[0]);
  int writer = OK(open(text, O_WRONLY));
  R(write(writer, "by the back door", 16));
  R(read(p[0], text, sizeof text));
  return 0;
}
