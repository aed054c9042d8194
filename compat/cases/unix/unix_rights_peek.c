// Looking at a message with descriptors: each look gives new ones.
#include "unix.h"

int main(void) {
  static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  static const char *const titles[] = {"stream", "dgram", "seqpacket"};
  for (int i = 0; i < 3; i++) {
    CHECK("recvmsg(MSG_PEEK)", titles[i]);
    int s[2], ends[2];
    given_pair(kinds[i], s);
    NEED(pipe(ends));
    NEED(send_fd(s[0], "abc", ends[1]));
    close(ends[1]);
    struct got first = receive(s[1], MSG_PEEK), second = receive_with(s[1], 2, 2048, MSG_PEEK);
    say_got("first", &first);
    say_got("second", &second);
    say("different numbers: %d", first.fds[0] != second.fds[0]);
    R(write(first.fds[0], "1", 1));
    R(write(second.fds[0], "2", 1));
    close(first.fds[0]), close(second.fds[0]);
    struct pollfd p = {ends[0], POLLIN, 0};
    char text[8];
    R(read(ends[0], text, 8));
    R(poll(&p, 1, 0));
    struct got last = receive(s[1], 0);
    say_got("last", &last);
    close(last.fds[0]);
    R(poll(&p, 1, 0));
    say("%#x", p.revents);
  }
  CHECK("recvfrom(MSG_PEEK)", "without a place for them nothing is lost");
  int s[2], ends[2];
  char text[8];
  given_pair(SOCK_STREAM, s);
  NEED(pipe(ends));
  NEED(send_fd(s[0], "abc", ends[1]));
  R(recv(s[1], text, 8, MSG_PEEK));
  struct got none = receive_with(s[1], 8, 0, MSG_PEEK);
  say_got("no room", &none);
  struct got got = receive(s[1], 0);
  say_got("taken", &got);
  CHECK("recvmsg(MSG_PEEK|MSG_CMSG_CLOEXEC)", "flags of the new descriptors");
  NEED(send_fd(s[0], "abc", ends[1]));
  got = receive(s[1], MSG_PEEK | MSG_CMSG_CLOEXEC);
  say("%d", fcntl(got.fds[0], F_GETFD));
  got = receive(s[1], 0);
  say("%d", fcntl(got.fds[0], F_GETFD));
  CHECK("recvmsg(MSG_PEEK)", "bytes before descriptors, then both");
  NEED(write(s[0], "plain", 5));
  NEED(send_fd(s[0], "with", ends[1]));
  NEED(write(s[0], "after", 5));
  got = receive_with(s[1], 5, 2048, MSG_PEEK);
  say_got("peek of five", &got);
  got = receive(s[1], MSG_PEEK);
  say_got("peek", &got);
  got = receive(s[1], 0);
  say_got("read", &got);
  got = receive(s[1], MSG_PEEK | MSG_DONTWAIT);
  say_got("peek", &got);
  got = receive(s[1], MSG_DONTWAIT);
  say_got("read", &got);
  return 0;
}
