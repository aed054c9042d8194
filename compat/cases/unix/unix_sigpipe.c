// SIGPIPE: which calls and kinds raise it, and MSG_NOSIGNAL.
#include "unix.h"

static volatile sig_atomic_t raised;
static void on_pipe(int signal UNUSED) {
  raised++;
}
static int s[2];
static void start(int type) {
  given_pair(type, s);
  close(s[1]);
  raised = 0;
}
int main(void) {
  handle(SIGPIPE, on_pipe, 0);
  struct iovec data = {"x", 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  struct mmsghdr messages = {.msg_hdr = message};
  CHECK("write writev sendto sendmsg sendmmsg", "a stream");
  start(SOCK_STREAM);
  R(write(s[0], "x", 1));
  say("raised %d", (int)raised);
  R(writev(s[0], &data, 1));
  say("raised %d", (int)raised);
  R(send(s[0], "x", 1, 0));
  say("raised %d", (int)raised);
  R(sendmsg(s[0], &message, 0));
  say("raised %d", (int)raised);
  R(sendmmsg(s[0], &messages, 1, 0));
  say("raised %d", (int)raised);
  CHECK("sendto(MSG_NOSIGNAL) sendmsg(MSG_NOSIGNAL)", "a stream, quietly");
  start(SOCK_STREAM);
  R(send(s[0], "x", 1, MSG_NOSIGNAL));
  R(sendmsg(s[0], &message, MSG_NOSIGNAL));
  say("raised %d", (int)raised);
  CHECK("sendto", "no bytes to a peer that is gone");
  start(SOCK_STREAM);
  R(send(s[0], "", 0, 0));
  R(write(s[0], "", 0));
  say("raised %d", (int)raised);
  CHECK("write sendto", "records");
  start(SOCK_SEQPACKET);
  R(write(s[0], "x", 1));
  R(send(s[0], "x", 1, 0));
  say("raised %d", (int)raised);
  CHECK("write sendto", "datagrams");
  start(SOCK_DGRAM);
  R(write(s[0], "x", 1));
  R(send(s[0], "x", 1, 0));
  say("raised %d", (int)raised);
  CHECK("sendto", "after bytes that were never read: reset or pipe");
  given_pair(SOCK_STREAM, s);
  NEED(write(s[0], "unread", 6));
  close(s[1]);
  raised = 0;
  R(send(s[0], "x", 1, 0));
  R(send(s[0], "x", 1, 0));
  say("raised %d", (int)raised);
  CHECK("sendto", "the signal's default");
  start(SOCK_STREAM);
  pid_t child = CHILD({
    signal(SIGPIPE, SIG_DFL);
    send(s[0], "x", 1, 0);
  });
  reap("child", child);
  return 0;
}
