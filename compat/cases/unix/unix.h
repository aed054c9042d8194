/* Local sockets, for the cases about them. Names are relative paths: each case has a directory of its own. */
#ifndef UNIX_H
#define UNIX_H
#include "case.h"

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#define SO_PEERPIDFD 77
#endif
#ifndef SCM_PIDFD
#define SCM_PIDFD 4
#endif
#define NAME_START offsetof(struct sockaddr_un, sun_path)

/* The address of a path, as a pointer and length for bind and its relatives. */
static struct sockaddr_un UNUSED name_of(const char *path) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  strncpy(name.sun_path, path, sizeof name.sun_path - 1);
  return name;
}
static int UNUSED bind_to(int fd, const char *path) {
  struct sockaddr_un name = name_of(path);
  return bind(fd, (void *)&name, sizeof name);
}
static int UNUSED connect_to(int fd, const char *path) {
  struct sockaddr_un name = name_of(path);
  return connect(fd, (void *)&name, sizeof name);
}
static ssize_t UNUSED send_to(int fd, const char *text, const char *path, int flags) {
  struct sockaddr_un name = name_of(path);
  return sendto(fd, text, strlen(text), flags, (void *)&name, sizeof name);
}
/* Sockets that must come to be. */
static int UNUSED given_socket(int type) {
  return NEED(socket(AF_UNIX, type, 0));
}
static int UNUSED given_bound(int type, const char *path) {
  int fd = given_socket(type);
  NEED(bind_to(fd, path));
  return fd;
}
static int UNUSED given_listener(int type, const char *path, int backlog) {
  int fd = given_bound(type, path);
  NEED(listen(fd, backlog));
  return fd;
}
static int UNUSED given_connected(int type, const char *path) {
  int fd = given_socket(type);
  NEED(connect_to(fd, path));
  return fd;
}
static void UNUSED given_pair(int type, int s[2]) {
  NEED(socketpair(AF_UNIX, type, 0, s));
}
/* A wait that is never endless: reads and writes give up after two seconds. */
static void UNUSED given_patience(int fd) {
  struct timeval limit = {2, 0};
  NEED(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
  NEED(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
}

/* A message with `count` descriptors. */
static ssize_t UNUSED send_fds(int s, const char *text, const int *fds, int count, int flags) {
  union {
    char bytes[CMSG_SPACE(300 * sizeof(int))];
    struct cmsghdr align;
  } control = {0};
  struct iovec data = {(void *)text, strlen(text)};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
  if (count >= 0) {
    control.align = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(count * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.align), fds, count * sizeof(int));
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  }
  return sendmsg(s, &message, flags);
}
static ssize_t UNUSED send_fd(int s, const char *text, int fd) {
  return send_fds(s, text, &fd, 1, 0);
}

/* What one recvmsg gave: at most `room` bytes of text and `control_room` of ancillary data. */
struct got {
  ssize_t length;
  int flags, fd_count, fds[300];
  size_t control_length;
  bool has_cred;
  struct ucred cred;
  int pidfd;
  char text[64];
  struct sockaddr_un from;
  socklen_t from_length;
};
static struct got UNUSED receive_with(int s, size_t room, size_t control_room, int flags) {
  struct got got = {.pidfd = -1};
  union {
    char bytes[2048];
    struct cmsghdr align;
  } control = {0};
  struct iovec data = {got.text, room};
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = control_room,
                           .msg_name = &got.from,
                           .msg_namelen = sizeof got.from};
  got.length = recvmsg(s, &message, flags);
  got.flags = message.msg_flags;
  got.control_length = message.msg_controllen;
  got.from_length = message.msg_namelen;
  if (got.length < 0) return got;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_SOCKET) continue;
    size_t length = c->cmsg_len - CMSG_LEN(0);
    if (c->cmsg_type == SCM_RIGHTS) {
      got.fd_count = length / sizeof(int);
      memcpy(got.fds, CMSG_DATA(c), got.fd_count * sizeof(int));
    } else if (c->cmsg_type == SCM_CREDENTIALS && length == sizeof got.cred) {
      got.has_cred = true;
      memcpy(&got.cred, CMSG_DATA(c), sizeof got.cred);
    } else if (c->cmsg_type == SCM_PIDFD) {
      memcpy(&got.pidfd, CMSG_DATA(c), sizeof got.pidfd);
    }
  }
  return got;
}
static struct got UNUSED receive(int s, int flags) {
  return receive_with(s, sizeof(((struct got *)0)->text) - 1, 2048, flags);
}
static void UNUSED say_got(const char *label, const struct got *got) {
  if (got->length < 0)
    say("%s: %s", label, errno_name(errno));
  else
    say("%s: %zd '%.*s' flags %#x, %d descriptors", label, got->length,
        (int)(got->length > 60 ? 60 : got->length), got->text, got->flags & ~MSG_CMSG_CLOEXEC, got->fd_count);
}

/* The events that a descriptor has now, by name. */
static void UNUSED say_events(const char *label, int fd) {
  static const struct {
    short bit;
    const char *name;
  } names[] = {{POLLIN, "IN"},         {POLLPRI, "PRI"},       {POLLOUT, "OUT"},       {POLLERR, "ERR"},
               {POLLHUP, "HUP"},       {POLLNVAL, "NVAL"},     {POLLRDNORM, "RDNORM"}, {POLLRDBAND, "RDBAND"},
               {POLLWRNORM, "WRNORM"}, {POLLWRBAND, "WRBAND"}, {POLLRDHUP, "RDHUP"}};
  struct pollfd p = {
      fd, (short)(POLLIN | POLLPRI | POLLOUT | POLLRDNORM | POLLRDBAND | POLLWRNORM | POLLWRBAND | POLLRDHUP),
      0};
  NEED(poll(&p, 1, 0));
  char text[128] = "";
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (p.revents & names[i].bit) strcat(strcat(text, " "), names[i].name);
  say("%s:%s", label, *text ? text : " none");
}
#endif
