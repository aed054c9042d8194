// Names relative to the working directory, the root, and what is mounted there.
#include "unix.h"

#include <sys/mount.h>

int main(void) {
  NEED(given_directory("d", 0755));
  CHECK("bind chdir connect", "a name is where it was bound");
  int server = given_listener(SOCK_STREAM, "d/s", 9);
  R(connect_to(given_socket(SOCK_STREAM), "d/s"));
  NEED(chdir("d"));
  R(connect_to(given_socket(SOCK_STREAM), "s"));
  R(connect_to(given_socket(SOCK_STREAM), "d/s"));
  R(connect_to(given_socket(SOCK_STREAM), "../d/./s"));
  struct sockaddr_un name = {0};
  socklen_t length = sizeof name;
  NEED(getsockname(server, (void *)&name, &length));
  say("%s", name.sun_path);
  CHECK("connect(/proc/self/cwd)", "through a magic link");
  R(connect_to(given_socket(SOCK_STREAM), "/proc/self/cwd/s"));
  CHECK("rename connect", "the directory is renamed");
  NEED(chdir(".."));
  NEED(rename("d", "e"));
  R(connect_to(given_socket(SOCK_STREAM), "e/s"));
  R(connect_to(given_socket(SOCK_STREAM), "d/s"));
  CHECK("chroot connect bind", "another root");
  pid_t child = CHILD({
    NEED(chroot("e"));
    R(connect_to(given_socket(SOCK_STREAM), "/s"));
    R(connect_to(given_socket(SOCK_STREAM), "/e/s"));
    R(bind_to(given_socket(SOCK_STREAM), "/inside"));
  });
  reap("child", child);
  R(access("e/inside", F_OK));
  CHECK("bind", "a path that is too long only from here");
  char path[4096] = "";
  for (int i = 0; i < 12; i++) {
    NEED(given_directory("directory-with-a-name", 0755));
    NEED(chdir("directory-with-a-name"));
  }
  R(bind_to(given_socket(SOCK_STREAM), "deep"));
  R(connect_to(given_socket(SOCK_STREAM), "deep"));
  for (int i = 0; i < 12; i++) NEED(chdir(".."));
  for (int i = 0; i < 4; i++) strcat(path, "directory-with-a-name/");
  R(strlen(path) < 108);
  CHECK("bind", "a removed working directory");
  NEED(given_directory("gone", 0755));
  NEED(chdir("gone"));
  NEED(rmdir("../gone"));
  R(bind_to(given_socket(SOCK_STREAM), "s"));
  R(connect_to(given_socket(SOCK_STREAM), "s"));
  return 0;
}
