// The parent of a vfork waits, and its memory is the child's, until exec or exit.
#include "case.h"

int main(int argc, char **argv) {
  if (argc > 1) {
    sleep_ms(100);
    say("new program");
    return 9;
  }
  static volatile int value = 1;
  CHECK("vfork", "shares memory until exit");
  pid_t child = vfork();
  if (child == 0) {
    value = 2;
    usleep(50000);
    value = 3;
    _exit(4);
  }
  say("value %d", value);
  reap("exit", child);
  CHECK("vfork", "waits until exec");
  child = vfork();
  if (child == 0) {
    value = 10;
    execl(self, self, "@exec", NULL);
    _exit(1);
  }
  say("back after exec: value %d", value);
  reap("exec", child);
  CHECK("vfork", "a program that is missing");
  child = vfork();
  if (child == 0) {
    execl("missing", "missing", NULL);
    value = errno == ENOENT ? 20 : 21;
    _exit(127);
  }
  say("failed exec: value %d", value);
  reap("failed", child);
  CHECK("vfork", "killed");
  child = vfork();
  if (child == 0) kill(getpid(), SIGKILL);
  reap("killed", child);
  return 0;
}
