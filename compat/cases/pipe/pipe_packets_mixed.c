// covers: read readv write
// Packets: long ones are split, reads stop at their ends, and plain bytes before and after behave as they do alone.
#include "case.h"

static char data[65536], back[65536];

int main(void) {
  int p[2];
  NEED(pipe2(p, O_DIRECT | O_NONBLOCK));
  CHECK("write", "more than PIPE_BUF becomes several packets");
  R(write(p[1], data, 10000));
  R(read(p[0], back, sizeof back));
  R(read(p[0], back, sizeof back));
  R(read(p[0], back, sizeof back));
  R(read(p[0], back, sizeof back));
  CHECK("write", "sixteen packets at most, however small");
  int count = 0;
  while (write(p[1], "x", 1) == 1) count++;
  say("%d", count);
  struct pollfd f = {p[1], POLLOUT, 0};
  NEED(poll(&f, 1, 0));
  say("%#x", f.revents);
  R(read(p[0], back, 10));
  R(write(p[1], data, 8192));
  while (read(p[0], back, sizeof back) > 0) {
  }
  CHECK("write", "an empty write is no packet");
  R(write(p[1], "", 0));
  R(read(p[0], back, 10));
  CHECK("read", "what a short read leaves of a packet is lost");
  NEED(write(p[1], "abcdef", 6));
  NEED(write(p[1], "ghi", 3));
  R(read(p[0], back, 2));
  R(read(p[0], back, 2));
  R(read(p[0], back, 2));
  CHECK("readv", "a packet fills several parts");
  NEED(write(p[1], "abcdef", 6));
  NEED(write(p[1], "ghi", 3));
  memset(back, '-', 16);
  struct iovec parts[3] = {{back, 2}, {back + 2, 2}, {back + 4, 8}};
  R(readv(p[0], parts, 3));
  say("%.12s", back);
  R(readv(p[0], parts, 3));
  say("%.12s", back);
  CHECK("writev", "parts are one packet");
  struct iovec out[2] = {{"ab", 2}, {"cd", 2}};
  R(writev(p[1], out, 2));
  R(read(p[0], back, 16));
  CHECK("read", "a packet behind plain bytes is read with them, and ends the read");
  NEED(fcntl(p[1], F_SETFL, O_NONBLOCK));
  NEED(write(p[1], "plain", 5));
  NEED(fcntl(p[1], F_SETFL, O_NONBLOCK | O_DIRECT));
  NEED(write(p[1], "more", 4));
  R(read(p[0], back, 2));
  R(read(p[0], back, 16));
  R(read(p[0], back, 16));
  CHECK("read", "plain bytes behind a packet are not read with it");
  NEED(write(p[1], "packet", 6));
  NEED(fcntl(p[1], F_SETFL, O_NONBLOCK));
  NEED(write(p[1], "plain", 5));
  R(read(p[0], back, 16));
  R(read(p[0], back, 16));
  CHECK("read", "into no room takes nothing");
  NEED(write(p[1], "packet", 6));
  R(read(p[0], back, 0));
  R(read(p[0], back, 16));
  return 0;
}
