// ioctl on local sockets.
#include "unix.h"

#include <linux/sockios.h>
#ifndef SIOCUNIXFILE
#define SIOCUNIXFILE (SIOCPROTOPRIVATE + 0)
#endif
int main(void) {
  int s[2], n;
  CHECK("ioctl(FIONREAD)", "each kind");
  static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  for (int i = 0; i < 3; i++) {
    given_pair(kinds[i], s);
    NEED(send(s[0], "four", 4, 0));
    NEED(send(s[0], "three", 3, 0));
    R(ioctl(s[1], FIONREAD, &n));
    R(n);
    char byte;
    NEED(recv(s[1], &byte, 1, 0));
    NEED(ioctl(s[1], FIONREAD, &n));
    R(n);
  }
  int server = given_listener(SOCK_STREAM, "server", 5);
  R(ioctl(server, FIONREAD, &n));
  n = 77;
  R(ioctl(given_socket(SOCK_STREAM), FIONREAD, &n));
  R(n);
  CHECK("ioctl(FIONBIO)", "as O_NONBLOCK");
  R(ioctl(s[0], FIONBIO, &(int){1}));
  say("%o", fcntl(s[0], F_GETFL));
  R(read(s[0], &n, 1));
  R(ioctl(s[0], FIONBIO, &(int){0}));
  say("%o", fcntl(s[0], F_GETFL));
  CHECK("ioctl(SIOCUNIXFILE)", "the file behind a name");
  int file = ioctl(server, SIOCUNIXFILE, 0);
  struct stat of_file, of_name;
  R(fstat(file, &of_file));
  NEED(stat("server", &of_name));
  T(of_file.st_ino == of_name.st_ino && S_ISSOCK(of_file.st_mode));
  say("%d", fcntl(file, F_GETFD));
  T((fcntl(file, F_GETFL) & O_PATH) != 0);
  R(ioctl(s[0], SIOCUNIXFILE, 0));
  int client = given_connected(SOCK_STREAM, "server"), accepted = NEED(accept(server, NULL, NULL));
  R(ioctl(client, SIOCUNIXFILE, 0));
  T(ioctl(accepted, SIOCUNIXFILE, 0) > 0);
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0abstract"};
  int abstract = given_socket(SOCK_STREAM);
  NEED(bind(abstract, (void *)&name, 11));
  R(ioctl(abstract, SIOCUNIXFILE, 0));
  pid_t child = CHILD({
    NEED(setresuid(7, 7, 7));
    R(ioctl(server, SIOCUNIXFILE, 0));
  });
  reap("child", child);
  CHECK("ioctl", "requests of other files");
  R(ioctl(s[0], TCGETS, &n));
  R(ioctl(s[0], 0xdeadbeef, &n));
  R(ioctl(s[0], FIOCLEX));
  R(fcntl(s[0], F_GETFD));
  R(ioctl(s[0], FIONREAD, (void *)8));
  CHECK("ioctl(SIOCATMARK)", "kinds");
  n = 7;
  R(ioctl(client, SIOCATMARK, &n));
  R(n);
  R(ioctl(given_socket(SOCK_DGRAM), SIOCATMARK, &n));
  return 0;
}
