// covers: read close
// The end of a pipe: only when the last writer has gone, wherever it is, and after all data.
#include "case.h"

int main(void) {
  int p[2];
  char text[64];
  CHECK("read", "data comes before the end, again and again");
  NEED(pipe(p));
  NEED(write(p[1], "abcdef", 6));
  close(p[1]);
  R(read(p[0], text, 4));
  R(read(p[0], text, 4));
  R(read(p[0], text, 4));
  R(read(p[0], text, 4));
  CHECK("read", "a duplicate of the write end keeps it open");
  NEED(pipe2(p, O_NONBLOCK));
  int copy = NEED(dup(p[1]));
  close(p[1]);
  R(read(p[0], text, 4));
  close(copy);
  R(read(p[0], text, 4));
  CHECK("read", "so does a child");
  NEED(pipe(p));
  pid_t child = CHILD({
    close(p[0]);
    sleep_ms(40);
    NEED(write(p[1], "late", 4));
  });
  close(p[1]);
  R(read(p[0], text, 64));
  R(read(p[0], text, 64));
  reap("child", child);
  CHECK("read", "a writer that is killed ends it");
  NEED(pipe(p));
  child = CHILD({ pause(); });
  close(p[1]);
  NEED(kill(child, SIGKILL));
  R(read(p[0], text, 64));
  reap("child", child);
  CHECK("read", "a writer inside a socket that nobody read keeps it open");
  int s[2];
  NEED(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
  NEED(pipe2(p, O_NONBLOCK));
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
  } control = {
      .header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &p[1], sizeof(int));
  struct iovec one = {"x", 1};
  struct msghdr message = {
      .msg_iov = &one, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  NEED(sendmsg(s[0], &message, 0));
  close(p[1]);
  R(read(p[0], text, 4));
  close(s[0]);
  close(s[1]);
  sleep_ms(20);
  R(read(p[0], text, 4));
  CHECK("close", "of the read end while a writer waits");
  NEED(pipe(p));
  static char data[65536];
  NEED(write(p[1], data, sizeof data));
  child = CHILD({
    close(p[0]);
    signal(SIGPIPE, SIG_IGN);
    R(write(p[1], "x", 1));
  });
  sleep_ms(30);
  close(p[0]);
  reap("writer", child);
  return 0;
}
