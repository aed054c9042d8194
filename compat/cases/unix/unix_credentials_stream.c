// Bytes of different senders in one stream: who wants credentials gets them apart.
#include "unix.h"

static void send_two(int s[2]) {
  NEED(write(s[0], "parent", 6));
  pid_t child = CHILD(NEED(write(s[0], "child", 5)));
  waitpid(child, NULL, 0);
  NEED(write(s[0], "parent", 6));
  child = CHILD({
    NEED(setresuid(9, 9, 9));
    NEED(write(s[0], "nine", 4));
  });
  waitpid(child, NULL, 0);
}
int main(void) {
  int s[2], on = 1;
  char text[64];
  CHECK("recvfrom", "who does not ask gets all in one");
  given_pair(SOCK_STREAM, s);
  send_two(s);
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  CHECK("recvmsg(SO_PASSCRED)", "who asks gets them one by one");
  given_pair(SOCK_STREAM, s);
  NEED(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  send_two(s);
  for (int i = 0; i < 4; i++) {
    struct got got = receive(s[1], MSG_DONTWAIT);
    say_got("part", &got);
    say("mine: %d, uid %u", got.cred.pid == getpid(), got.cred.uid);
  }
  CHECK("read(SO_PASSCRED)", "plain reads too");
  send_two(s);
  R(read(s[1], text, sizeof text));
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  R(recv(s[1], text, sizeof text, MSG_WAITALL | MSG_DONTWAIT));
  R(recv(s[1], text, sizeof text, MSG_DONTWAIT));
  CHECK("recvmsg(SO_PASSCRED)", "one sender, many writes");
  NEED(write(s[0], "one", 3));
  NEED(write(s[0], "two", 3));
  struct got got = receive(s[1], 0);
  say_got("joined", &got);
  CHECK("recvmsg(SO_PASSCRED)", "the end of a stream");
  close(s[0]);
  got = receive(s[1], 0);
  say_got("end", &got);
  say("credentials: %d, pid %d, uid %d", got.has_cred, got.has_cred ? got.cred.pid : -1,
      got.has_cred ? (int)got.cred.uid : 0);
  return 0;
}
