// How long a name may be, what ends it, and what comes back.
#include "unix.h"

static void show(const char *label, int fd) {
  char room[200];
  memset(room, '#', sizeof room);
  socklen_t length = sizeof room;
  if (getsockname(fd, (void *)room, &length) == -1) {
    say("%s: %s", label, errno_name(errno));
    return;
  }
  say("%s: length %d, path '%.*s'", label, length, length > 2 ? (int)strnlen(room + 2, 110) : 0, room + 2);
}
int main(void) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  CHECK("bind getsockname", "a name that fills all 108 bytes");
  int full = given_socket(SOCK_STREAM);
  memset(name.sun_path, 'f', sizeof name.sun_path);
  R(bind(full, (void *)&name, sizeof name));
  show("full", full);
  struct stat st;
  char path[128] = {0};
  memset(path, 'f', 108);
  R(stat(path, &st));
  CHECK("bind", "lengths that no address has");
  int fd = given_socket(SOCK_STREAM);
  name = name_of("short");
  R(bind(fd, (void *)&name, sizeof name + 1));
  R(bind(fd, (void *)&name, 1));
  R(bind(fd, (void *)&name, 0));
  R(bind(fd, (void *)&name, -1));
  R(bind(fd, (void *)&name, 4096));
  CHECK("bind getsockname", "a name without its NUL");
  R(bind(fd, (void *)&name, NAME_START + 3));
  show("sho", fd);
  R(access("sho", F_OK));
  CHECK("bind getsockname", "bytes after the NUL do not count");
  fd = given_socket(SOCK_DGRAM);
  memcpy(name.sun_path, "ab\0cd", 6);
  R(bind(fd, (void *)&name, sizeof name));
  show("ab", fd);
  CHECK("getsockname", "a socket without a name");
  show("none", given_socket(SOCK_STREAM));
  CHECK("getsockname", "room that is too small");
  char room[8] = "#######";
  socklen_t length = 4;
  R(getsockname(full, (void *)room, &length));
  R(length);
  say("%s", room + 2);
  length = 0;
  R(getsockname(full, (void *)room, &length));
  R(length);
  length = -1;
  R(getsockname(full, (void *)room, &length));
  CHECK("connect bind", "another family");
  name.sun_family = AF_INET;
  R(bind(given_socket(SOCK_STREAM), (void *)&name, sizeof name));
  R(connect(given_socket(SOCK_STREAM), (void *)&name, sizeof name));
  name.sun_family = AF_UNSPEC;
  R(bind(given_socket(SOCK_STREAM), (void *)&name, sizeof name));
  R(connect(given_socket(SOCK_STREAM), (void *)&name, sizeof name));
  CHECK("connect", "lengths that no address has, connecting");
  name = name_of("ab");
  R(connect(given_socket(SOCK_STREAM), (void *)&name, 1));
  R(connect(given_socket(SOCK_STREAM), (void *)&name, 2));
  R(connect(given_socket(SOCK_STREAM), (void *)&name, sizeof name + 1));
  R(connect(given_socket(SOCK_DGRAM), (void *)&name, 2));
  return 0;
}
