// SO_PEERCRED: whose credentials, and from when.
#include "unix.h"

static void show(const char *label, int s, pid_t parent, pid_t child) {
  struct ucred cred = {-2, 77, 77};
  socklen_t length = sizeof cred;
  if (getsockopt(s, SOL_SOCKET, SO_PEERCRED, &cred, &length) == -1)
    say("%s: %s", label, errno_name(errno));
  else
    say("%s: %s, uid %d, gid %d", label,
        cred.pid == parent  ? "the parent"
        : cred.pid == child ? "the child"
        : cred.pid == 0     ? "pid 0"
                            : "somebody",
        (int)cred.uid, (int)cred.gid);
}
int main(void) {
  pid_t me = getpid();
  int s[2];
  CHECK("getsockopt(SO_PEERCRED)", "sockets without a peer");
  show("stream", given_socket(SOCK_STREAM), me, -1);
  show("dgram", given_socket(SOCK_DGRAM), me, -1);
  CHECK("getsockopt(SO_PEERCRED)", "pairs");
  given_pair(SOCK_STREAM, s);
  show("stream", s[0], me, -1);
  given_pair(SOCK_DGRAM, s);
  show("dgram", s[0], me, -1);
  given_pair(SOCK_SEQPACKET, s);
  show("seqpacket", s[0], me, -1);
  CHECK("getsockopt(SO_PEERCRED)", "server and client of different processes");
  NEED(given_mode(".", 0777));
  int server = given_listener(SOCK_STREAM, "server", 5);
  NEED(given_mode("server", 0777));
  show("listener", server, me, -1);
  struct gate go = new_gate(), done = new_gate();
  pid_t child = CHILD({
    NEED(setresgid(20, 21, 22));
    NEED(setresuid(10, 11, 12));
    int c = given_connected(SOCK_STREAM, "server");
    show("client", c, me, getpid());
    tell(go);
    await(done);
    show("client later", c, me, getpid());
  });
  await(go);
  int accepted = NEED(accept(server, NULL, NULL));
  show("accepted", accepted, me, child);
  NEED(seteuid(33));
  tell(done);
  reap("child", child);
  NEED(seteuid(0));
  show("accepted, its client is gone", accepted, me, child);
  CHECK("listen getsockopt(SO_PEERCRED)", "a server is who listened, not who bound or accepts");
  int other = given_bound(SOCK_STREAM, "other");
  NEED(setegid(44));
  NEED(listen(other, 5));
  NEED(setegid(0));
  int c = given_connected(SOCK_STREAM, "other");
  show("client", c, me, -1);
  NEED(listen(other, 6));
  c = given_connected(SOCK_STREAM, "other");
  show("client", c, me, -1);
  CHECK("getsockopt(SO_PEERCRED)", "connected datagrams do not know");
  given_bound(SOCK_DGRAM, "dgram");
  show("dgram", given_connected(SOCK_DGRAM, "dgram"), me, -1);
  CHECK("getsockopt(SO_PEERCRED)", "room that is too small, and setting it");
  struct ucred cred = {-2, 77, 77};
  socklen_t length = 6;
  given_pair(SOCK_STREAM, s);
  R(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &cred, &length));
  say("%d, gid %d", length, (int)cred.gid);
  R(setsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &cred, sizeof cred));
  return 0;
}
