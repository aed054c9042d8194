// Control buffers of odd sizes for five descriptors.
#include "unix.h"

int main(void) {
  int s[2], fds[5];
  given_pair(SOCK_DGRAM, s);
  for (int i = 0; i < 5; i++) fds[i] = NEED(dup(0));
  CHECK("recvmsg(MSG_CTRUNC)", "one by one");
  for (size_t room = 0; room <= CMSG_SPACE(5 * sizeof(int)); room += room < 12 ? 4 : 1) {
    NEED(send_fds(s[0], "x", fds, 5, 0));
    struct got got = receive_with(s[1], 1, room, 0);
    say("room %zu: %d descriptors, control length %zu%s", room, got.fd_count, got.control_length,
        got.flags & MSG_CTRUNC ? ", cut" : "");
    for (int i = 0; i < got.fd_count; i++) close(got.fds[i]);
  }
  CHECK("recvmsg", "an odd number has padding");
  for (int count = 1; count <= 4; count++) {
    NEED(send_fds(s[0], "x", fds, count, 0));
    struct got got = receive(s[1], 0);
    say("%d: control length %zu", count, got.control_length);
    for (int i = 0; i < got.fd_count; i++) close(got.fds[i]);
  }
  CHECK("recvmsg(SO_PASSCRED)", "credentials come first");
  int on = 1;
  NEED(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  for (size_t room = 0; room <= CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(2 * sizeof(int)); room += 4) {
    NEED(send_fds(s[0], "x", fds, 2, 0));
    struct got got = receive_with(s[1], 1, room, 0);
    say("room %zu: cred %d, %d descriptors, control length %zu%s", room, got.has_cred, got.fd_count,
        got.control_length, got.flags & MSG_CTRUNC ? ", cut" : "");
    for (int i = 0; i < got.fd_count; i++) close(got.fds[i]);
  }
  CHECK("recvmsg", "no descriptors, no control data");
  NEED(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &(int){0}, sizeof on));
  NEED(send(s[0], "x", 1, 0));
  struct got got = receive(s[1], 0);
  say_got("plain", &got);
  R(got.control_length);
  return 0;
}
