// Where a name cannot be.
#include "unix.h"

int main(void) {
  put("file", "x");
  NEED(given_directory("dir", 0755));
  NEED(given_symlink("nowhere", "dangling"));
  NEED(given_symlink("dir", "to-dir"));
  CHECK("bind", "names that are taken");
  R(bind_to(given_socket(SOCK_STREAM), "file"));
  R(bind_to(given_socket(SOCK_STREAM), "dir"));
  R(bind_to(given_socket(SOCK_STREAM), "dangling"));
  R(access("nowhere", F_OK));
  CHECK("bind", "paths that lead nowhere");
  R(bind_to(given_socket(SOCK_STREAM), "missing/name"));
  R(bind_to(given_socket(SOCK_STREAM), "file/name"));
  R(bind_to(given_socket(SOCK_STREAM), "new/"));
  R(bind_to(given_socket(SOCK_STREAM), "dir/."));
  R(bind_to(given_socket(SOCK_STREAM), "/"));
  CHECK("bind", "through a link to a directory");
  R(bind_to(given_socket(SOCK_STREAM), "to-dir/name"));
  R(access("dir/name", F_OK));
  CHECK("bind", "twice on one socket");
  int fd = given_bound(SOCK_STREAM, "one");
  R(bind_to(fd, "two"));
  R(access("two", F_OK));
  R(bind_to(fd, "one"));
  CHECK("bind", "a name is not freed by close");
  close(fd);
  R(bind_to(given_socket(SOCK_STREAM), "one"));
  NEED(unlink("one"));
  R(bind_to(given_socket(SOCK_STREAM), "one"));
  CHECK("bind", "a directory that may not be written");
  NEED(given_directory("closed", 0555));
  NEED(given_directory("open", 0777));
  NEED(given_mode("open", 0777));
  NEED(given_mode(".", 0755));
  pid_t child = CHILD({
    NEED(setresgid(1000, 1000, 1000));
    NEED(setresuid(1000, 1000, 1000));
    R(bind_to(given_socket(SOCK_STREAM), "closed/s"));
    R(bind_to(given_socket(SOCK_STREAM), "open/s"));
  });
  reap("child", child);
  CHECK("bind", "a connected socket");
  int s[2];
  given_pair(SOCK_STREAM, s);
  R(bind_to(s[0], "pair"));
  int listener = given_listener(SOCK_STREAM, "listener", 1),
      client = given_connected(SOCK_STREAM, "listener");
  R(bind_to(client, "client"));
  struct sockaddr_un name = {0};
  socklen_t length = sizeof name;
  int accepted = NEED(accept(listener, NULL, NULL));
  R(getpeername(accepted, (void *)&name, &length));
  say("%s", name.sun_path);
  return 0;
}
