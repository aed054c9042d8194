// SCM_CREDENTIALS: asked for with SO_PASSCRED, given by the kernel or by the sender.
#include "unix.h"

static ssize_t send_cred(int s, struct ucred cred) {
  union {
    char bytes[CMSG_SPACE(sizeof(struct ucred))];
    struct cmsghdr align;
  } control = {
      .align = {.cmsg_len = CMSG_LEN(sizeof cred), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS}};
  memcpy(CMSG_DATA(&control.align), &cred, sizeof cred);
  struct iovec data = {"c", 1};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
  return sendmsg(s, &message, 0);
}
static void show(const char *label, int s, pid_t pid) {
  struct got got = receive_with(s, 1, 2048, MSG_DONTWAIT);
  if (got.length < 0)
    say("%s: %s", label, errno_name(errno));
  else if (!got.has_cred)
    say("%s: no credentials", label);
  else
    say("%s: %s, uid %u, gid %u", label,
        got.cred.pid == pid ? "that pid"
        : got.cred.pid == 0 ? "pid 0"
                            : "another pid",
        got.cred.uid, got.cred.gid);
}
int main(void) {
  int s[2], on = 1, off = 0, value;
  socklen_t length = sizeof value;
  pid_t me = getpid();
  CHECK("recvmsg(SO_PASSCRED)", "only if asked for");
  given_pair(SOCK_STREAM, s);
  NEED(write(s[0], "x", 1));
  show("off", s[1], me);
  R(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  NEED(write(s[0], "x", 1));
  show("on", s[1], me);
  NEED(getsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &value, &length));
  R(value);
  CHECK("recvmsg(SO_PASSCRED)", "asked for after it was sent");
  given_pair(SOCK_STREAM, s);
  NEED(write(s[0], "x", 1));
  NEED(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  show("late", s[1], me);
  given_pair(SOCK_DGRAM, s);
  NEED(setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  NEED(write(s[0], "x", 1));
  NEED(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  show("the sender asks too", s[1], me);
  CHECK("sendmsg(SCM_CREDENTIALS)", "given by the sender, without being asked for");
  given_pair(SOCK_STREAM, s);
  R(send_cred(s[0], (struct ucred){me, 0, 0}));
  show("off", s[1], me);
  CHECK("sendmsg(SCM_CREDENTIALS)", "a sender with all capabilities may say anything");
  given_pair(SOCK_SEQPACKET, s);
  NEED(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  R(send_cred(s[0], (struct ucred){me, 1, 2}));
  show("ids", s[1], me);
  pid_t child = CHILD(pause());
  R(send_cred(s[0], (struct ucred){child, 0, 0}));
  show("a child", s[1], child);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  R(send_cred(s[0], (struct ucred){child, 0, 0}));
  R(send_cred(s[0], (struct ucred){0, 0, 0}));
  show("nobody", s[1], 0);
  R(send_cred(s[0], (struct ucred){-1, 0, 0}));
  R(send_cred(s[0], (struct ucred){me, -1, 0}));
  R(send_cred(s[0], (struct ucred){me, 0, -1}));
  CHECK("sendmsg(SCM_CREDENTIALS)", "others only the truth");
  child = CHILD({
    NEED(setresgid(20, 21, 22));
    NEED(setresuid(10, 11, 12));
    me = getpid();
    int uids[] = {10, 11, 12, 13, 0};
    for (int i = 0; i < 5; i++) {
      say("uid %d", uids[i]);
      R(send_cred(s[0], (struct ucred){me, uids[i], 20}));
    }
    int gids[] = {20, 21, 22, 23, 0};
    for (int i = 0; i < 5; i++) {
      say("gid %d", gids[i]);
      R(send_cred(s[0], (struct ucred){me, 10, gids[i]}));
    }
    R(send_cred(s[0], (struct ucred){getppid(), 10, 20}));
    R(send_cred(s[0], (struct ucred){0, 10, 20}));
    NEED(write(s[0], "x", 1));
  });
  reap("child", child);
  while (true) {
    struct got got = receive_with(s[1], 1, 2048, MSG_DONTWAIT);
    if (got.length < 0) break;
    say("uid %u, gid %u, the child: %d", got.cred.uid, got.cred.gid, got.cred.pid == child);
  }
  CHECK("recvmsg(SO_PASSCRED)", "inherited by accepted connections, or not");
  int server = given_listener(SOCK_STREAM, "server", 5);
  NEED(setsockopt(server, SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  int client = given_connected(SOCK_STREAM, "server"), accepted = NEED(accept(server, NULL, NULL));
  NEED(getsockopt(accepted, SOL_SOCKET, SO_PASSCRED, &value, &length));
  R(value);
  NEED(write(client, "x", 1));
  show("accepted", accepted, getpid());
  CHECK("setsockopt(SO_PASSCRED)", "values");
  R(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &(int){77}, sizeof on));
  NEED(getsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &value, &length));
  R(value);
  R(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &off, sizeof on));
  R(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &off, 1));
  return 0;
}
