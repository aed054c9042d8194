// A descriptor travels through a socket; the other side reads through it.
#include "case.h"

static ssize_t pass(int socket, int fd) {
  char control[CMSG_SPACE(sizeof fd)] = {0};
  struct iovec data = {"!", 1};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  *header =
      (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(header), &fd, sizeof fd);
  return sendmsg(socket, &message, 0);
}
static int receive(int socket, int flags, size_t room) {
  char control[CMSG_SPACE(sizeof(int))] = {0}, byte;
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room};
  R(recvmsg(socket, &message, flags));
  R(message.msg_flags & MSG_CTRUNC);
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  int fd = -1;
  if (header && header->cmsg_type == SCM_RIGHTS) memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return fd;
}
int main(void) {
  int s[2];
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  put("f", "passed on");
  int fd = NEED(open("f", O_RDONLY));
  struct gate sent = new_gate();
  CHECK("sendmsg(SCM_RIGHTS) recvmsg(MSG_CMSG_CLOEXEC)", "a descriptor for a child");
  pid_t child = CHILD({
    await(sent);
    close(fd);
    int got = receive(s[1], MSG_CMSG_CLOEXEC, CMSG_SPACE(sizeof(int)));
    char text[16] = {0};
    R(read(got, text, 6));
    say("%s", text);
    R(fcntl(got, F_GETFD));
  });
  R(pass(s[0], fd));
  tell(sent);
  reap("child", child);
  CHECK("recvmsg(SCM_RIGHTS)", "one offset for both");
  R(lseek(fd, 0, SEEK_CUR));
  CHECK("sendmsg(SCM_RIGHTS)", "no descriptor");
  R(pass(s[0], 999));
  CHECK("recvmsg(SCM_RIGHTS)", "a file that is closed and removed meanwhile");
  R(pass(s[0], fd));
  close(fd);
  NEED(unlink("f"));
  int late = receive(s[1], 0, CMSG_SPACE(sizeof(int)));
  char text[16] = {0};
  R(read(late, text, sizeof text));
  say("%s", text);
  CHECK("recvmsg(MSG_CTRUNC)", "no room for descriptors");
  R(pass(s[0], late));
  T(receive(s[1], 0, 0) == -1);
  return 0;
}
