// Sockets across fork and exec: who holds an end decides when it ends.
#include "unix.h"

int main(int argc, char **argv) {
  if (argc > 2 && strcmp(argv[1], "@child") == 0) {
    int fd = atoi(argv[2]);
    char text[16] = {0};
    ssize_t n = read(fd, text, sizeof text);
    say("exec: %s", n < 0 ? errno_name(errno) : text);
    return 0;
  }
  int s[2];
  char text[16];
  CHECK("fork read", "the end comes when the last holder closes");
  given_pair(SOCK_STREAM, s);
  struct gate go = new_gate();
  pid_t child = CHILD({
    close(s[1]);
    await(go);
    NEED(write(s[0], "child", 5));
  });
  close(s[0]);
  R(recv(s[1], text, 16, MSG_DONTWAIT));
  tell(go);
  R(recv(s[1], text, 16, 0));
  R(recv(s[1], text, 16, 0));
  reap("child", child);
  CHECK("fork", "both processes read one stream");
  given_pair(SOCK_STREAM, s);
  NEED(write(s[0], "abcdef", 6));
  child = CHILD({
    NEED(read(s[1], text, 2));
    say("child has %.2s", text);
  });
  reap("child", child);
  NEED(read(s[1], text, 2));
  say("parent has %.2s", text);
  CHECK("execve", "kept, and closed on exec");
  NEED(write(s[0], "through exec", 12));
  NEED(read(s[1], text, 2));
  char number[16];
  snprintf(number, sizeof number, "%d", s[1]);
  child = CHILD({
    /* The program was started by a path that may be relative to the first directory. */
    execl("/proc/self/exe", "self", "@child", number, NULL);
    _exit(98);
  });
  reap("kept", child);
  NEED(fcntl(s[1], F_SETFD, FD_CLOEXEC));
  child = CHILD({
    execl("/proc/self/exe", "self", "@child", number, NULL);
    _exit(98);
  });
  reap("closed", child);
  CHECK("exit_group read", "a process that is killed closes its sockets");
  given_pair(SOCK_STREAM, s);
  child = CHILD({
    close(s[1]);
    pause();
  });
  close(s[0]);
  kill(child, SIGKILL);
  R(recv(s[1], text, 16, 0));
  reap("child", child);
  CHECK("fork accept", "parent and child accept from one server");
  int server = given_listener(SOCK_STREAM, "server", 5);
  int first = given_connected(SOCK_STREAM, "server"), second = given_connected(SOCK_STREAM, "server");
  child = CHILD({
    int fd = NEED(accept(server, NULL, NULL));
    NEED(write(fd, "child", 5));
  });
  reap("child", child);
  int fd = NEED(accept(server, NULL, NULL));
  NEED(write(fd, "parent", 6));
  R(recv(first, text, 16, 0));
  R(recv(second, text, 16, 0));
  R(recv(first, text, 16, 0));
  return 0;
}
