// Sockets that only their own messages hold: a pipe in the same message tells when they are gone.
#include "unix.h"

static int ends[2];
/* The end of the pipe that is held in flight: closed here, so that reading ends when the island is freed. */
static void watch(void) {
  struct pollfd p = {ends[0], POLLIN, 0};
  close(ends[1]);
  /* Linux looks for islands when any socket is closed. */
  int r = 0;
  for (int i = 0; i < 300 && r == 0; i++) {
    close(given_socket(SOCK_STREAM));
    r = poll(&p, 1, 10);
  }
  say("freed: %s", r == 1 && (p.revents & POLLHUP) ? "yes" : "no");
  close(ends[0]);
}
int main(void) {
  int s[2], t[2], both[2];
  CHECK("sendmsg(SCM_RIGHTS) close", "a socket in its own queue");
  given_pair(SOCK_STREAM, s);
  NEED(pipe(ends));
  both[0] = s[1], both[1] = ends[1];
  R(send_fds(s[0], "x", both, 2, 0));
  close(s[0]), close(s[1]);
  watch();
  CHECK("sendmsg(SCM_RIGHTS) close", "two sockets, each in the other's queue");
  given_pair(SOCK_DGRAM, s);
  NEED(pipe(ends));
  both[0] = s[0], both[1] = ends[1];
  R(send_fds(s[0], "x", both, 2, 0));
  R(send_fd(s[1], "y", s[1]));
  close(s[0]), close(s[1]);
  watch();
  CHECK("sendmsg(SCM_RIGHTS) close", "a ring of pairs");
  NEED(pipe(ends));
  int ring[6][2];
  for (int i = 0; i < 6; i++) given_pair(SOCK_SEQPACKET, ring[i]);
  for (int i = 0; i < 6; i++) {
    both[0] = ring[(i + 1) % 6][1], both[1] = ends[1];
    NEED(send_fds(ring[i][0], "x", both, 2, 0));
  }
  for (int i = 0; i < 6; i++) close(ring[i][0]), close(ring[i][1]);
  watch();
  CHECK("sendmsg(SCM_RIGHTS) recvmsg", "a ring that somebody still holds is kept");
  NEED(pipe(ends));
  given_pair(SOCK_STREAM, s);
  given_pair(SOCK_STREAM, t);
  both[0] = t[1], both[1] = ends[1];
  NEED(send_fds(s[0], "x", both, 2, 0));
  NEED(send_fd(t[0], "y", s[1]));
  close(s[0]), close(t[0]), close(t[1]);
  struct pollfd p = {ends[0], POLLIN, 0};
  close(ends[1]);
  R(poll(&p, 1, 20));
  struct got got = receive(s[1], 0);
  say_got("held", &got);
  struct got inner = receive(got.fds[0], 0);
  say_got("inner", &inner);
  for (int i = 0; i < got.fd_count; i++) close(got.fds[i]);
  close(inner.fds[0]), close(s[1]);
  ends[1] = -1;
  watch();
  CHECK("connect sendmsg close", "a server in the queue of a connection that waits for it");
  NEED(pipe(ends));
  int server = given_listener(SOCK_STREAM, "server", 5), client = given_connected(SOCK_STREAM, "server");
  both[0] = server, both[1] = ends[1];
  R(send_fds(client, "x", both, 2, 0));
  close(client), close(server);
  watch();
  CHECK("sendmsg(SCM_RIGHTS) exit_group", "what a dead process left in flight");
  NEED(pipe(ends));
  pid_t child = CHILD({
    int pair[2];
    given_pair(SOCK_STREAM, pair);
    int two[2] = {pair[1], ends[1]};
    NEED(send_fds(pair[0], "x", two, 2, 0));
    two[0] = pair[0];
    NEED(send_fds(pair[1], "x", two, 2, 0));
  });
  reap("child", child);
  watch();
  CHECK("sendmsg(SCM_RIGHTS)", "many islands one after the other");
  NEED(pipe(ends));
  for (int i = 0; i < 300; i++) {
    given_pair(SOCK_STREAM, s);
    both[0] = s[1], both[1] = ends[1];
    NEED(send_fds(s[0], "x", both, 2, 0));
    close(s[0]), close(s[1]);
  }
  watch();
  return 0;
}
