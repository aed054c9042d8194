// Who may connect to a name: writing the socket, searching the directory.
#include "unix.h"

static void become(int id) {
  NEED(setgroups(0, NULL));
  NEED(setresgid(id, id, id));
  NEED(setresuid(id, id, id));
}
int main(void) {
  NEED(given_mode(".", 0755));
  int stream = given_listener(SOCK_STREAM, "stream", 20), dgram = given_bound(SOCK_DGRAM, "dgram");
  NEED(given_directory("closed", 0700));
  given_listener(SOCK_STREAM, "closed/stream", 5);
  NEED(given_mode("closed/stream", 0777));
  static const int modes[] = {0777, 0222, 0555, 0002, 0020, 0200, 0};
  CHECK("connect", "by the mode of the socket");
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    NEED(given_mode("stream", modes[i]));
    pid_t child = CHILD({
      become(1000);
      int r = connect_to(given_socket(SOCK_STREAM), "stream");
      say("mode %03o: %s", modes[i], r == 0 ? "connected" : errno_name(errno));
    });
    waitpid(child, NULL, 0);
  }
  CHECK("sendto connect", "datagrams ask for the same");
  NEED(given_mode("dgram", 0755));
  pid_t child = CHILD({
    become(1000);
    int fd = given_socket(SOCK_DGRAM);
    R(send_to(fd, "x", "dgram", 0));
    R(connect_to(fd, "dgram"));
  });
  reap("child", child);
  NEED(given_mode("dgram", 0777));
  child = CHILD({
    become(1000);
    int fd = given_socket(SOCK_DGRAM);
    R(send_to(fd, "x", "dgram", 0));
    R(connect_to(fd, "dgram"));
  });
  reap("child", child);
  CHECK("connect", "a directory that may not be searched");
  child = CHILD({
    become(1000);
    R(connect_to(given_socket(SOCK_STREAM), "closed/stream"));
  });
  reap("child", child);
  CHECK("connect", "the owner, and a group");
  NEED(given_owner("stream", 1000, 2000));
  NEED(given_mode("stream", 0600));
  child = CHILD({
    become(1000);
    R(connect_to(given_socket(SOCK_STREAM), "stream"));
  });
  reap("owner", child);
  NEED(given_mode("stream", 0060));
  child = CHILD({
    become(1000);
    R(connect_to(given_socket(SOCK_STREAM), "stream"));
  });
  reap("owner without the right of the group", child);
  child = CHILD({
    become(2000);
    R(connect_to(given_socket(SOCK_STREAM), "stream"));
  });
  reap("group", child);
  CHECK("connect", "capabilities overrule the mode");
  NEED(given_mode("stream", 0));
  R(connect_to(given_socket(SOCK_STREAM), "stream"));
  CHECK("connect", "abstract names ask nobody");
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0free"};
  int abstract = given_socket(SOCK_STREAM);
  NEED(bind(abstract, (void *)&name, NAME_START + 5));
  NEED(listen(abstract, 1));
  child = CHILD({
    become(1000);
    R(connect(given_socket(SOCK_STREAM), (void *)&name, NAME_START + 5));
  });
  reap("child", child);
  (void)stream, (void)dgram;
  return 0;
}
