// SO_PEERPIDFD and SCM_PIDFD: the peer as a descriptor of its process.
#include "unix.h"

#include <sys/pidfd.h>

static pid_t pid_of(int fd) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  const char *line = strstr(get(path), "Pid:");
  return line ? atoi(line + 4) : -2;
}
int main(void) {
  int s[2], fd = -1, on = 1;
  socklen_t length = sizeof fd;
  CHECK("getsockopt(SO_PEERPIDFD)", "a pair: oneself");
  given_pair(SOCK_STREAM, s);
  R(getsockopt(s[0], SOL_SOCKET, SO_PEERPIDFD, &fd, &length));
  R(length);
  T(pid_of(fd) == getpid());
  say("close on exec: %d", fcntl(fd, F_GETFD));
  CHECK("getsockopt(SO_PEERPIDFD)", "nobody");
  R(getsockopt(given_socket(SOCK_STREAM), SOL_SOCKET, SO_PEERPIDFD, &fd, &length));
  R(getsockopt(given_socket(SOCK_DGRAM), SOL_SOCKET, SO_PEERPIDFD, &fd, &length));
  R(setsockopt(s[0], SOL_SOCKET, SO_PEERPIDFD, &fd, sizeof fd));
  CHECK("getsockopt(SO_PEERPIDFD)", "a client that runs, and that has ended");
  int server = given_listener(SOCK_STREAM, "server", 5);
  struct gate go = new_gate();
  pid_t child = CHILD({
    NEED(given_connected(SOCK_STREAM, "server"));
    await(go);
  });
  int accepted = NEED(accept(server, NULL, NULL));
  fd = -1;
  R(getsockopt(accepted, SOL_SOCKET, SO_PEERPIDFD, &fd, &length));
  T(pid_of(fd) == child);
  say_events("running", fd);
  R(pidfd_send_signal(fd, 0, NULL, 0));
  tell(go);
  reap("child", child);
  struct pollfd p = {fd, POLLIN, 0};
  R(poll(&p, 1, 1000));
  R(pidfd_send_signal(fd, 0, NULL, 0));
  fd = -1;
  int r = getsockopt(accepted, SOL_SOCKET, SO_PEERPIDFD, &fd, &length);
  say("after its end: %s", r == 0 ? "a descriptor" : errno_name(errno));
  CHECK("recvmsg(SO_PASSPIDFD)", "with a message");
  given_pair(SOCK_DGRAM, s);
  R(setsockopt(s[1], SOL_SOCKET, SO_PASSPIDFD, &on, sizeof on));
  R(getsockopt(s[1], SOL_SOCKET, SO_PASSPIDFD, &fd, &length));
  R(fd);
  child = CHILD({
    NEED(write(s[0], "x", 1));
    await(go);
  });
  struct got got = receive(s[1], 0);
  say_got("message", &got);
  T(got.pidfd >= 0 && pid_of(got.pidfd) == child);
  say("credentials: %d, control length %zu, close on exec %d", got.has_cred, got.control_length,
      fcntl(got.pidfd, F_GETFD));
  tell(go);
  reap("child", child);
  CHECK("recvmsg(SO_PASSPIDFD|SO_PASSCRED)", "both, and descriptors");
  NEED(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
  NEED(send_fd(s[0], "x", 0));
  got = receive(s[1], 0);
  say_got("message", &got);
  say("credentials: %d, a pidfd: %d, control length %zu", got.has_cred, pid_of(got.pidfd) == getpid(),
      got.control_length);
  NEED(send_fd(s[0], "x", 0));
  got = receive_with(s[1], 1, CMSG_SPACE(sizeof(struct ucred)) + 4, 0);
  say_got("little room", &got);
  say("credentials: %d, a pidfd: %d, control length %zu", got.has_cred, got.pidfd >= 0, got.control_length);
  return 0;
}
