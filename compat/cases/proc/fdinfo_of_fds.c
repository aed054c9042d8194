// covers: pidfd_open signalfd4
// What /proc/self/fdinfo says of descriptors that stand for processes and signals.
#include "case.h"

#include <sys/pidfd.h>
#include <sys/signalfd.h>

static const char *line(int fd, const char *key) {
  static char found[256];
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fdinfo/%d", fd);
  const char *text = strstr(get(name), key);
  if (text == NULL) return "none";
  snprintf(found, sizeof found, "%.*s", (int)strcspn(text, "\n"), text);
  return found;
}
int main(void) {
  CHECK("pidfd_open", "the pid, until it is free");
  pid_t child = CHILD(sleep_ms(10000));
  int fd = NEED(syscall(SYS_pidfd_open, child, 0));
  char want[32];
  snprintf(want, sizeof want, "Pid:\t%d", child);
  T(strcmp(line(fd, "Pid:"), want) == 0);
  kill(child, SIGKILL);
  siginfo_t info;
  NEED(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  T(strcmp(line(fd, "Pid:"), want) == 0);
  reap("child", child);
  say("%s", line(fd, "Pid:"));
  CHECK("signalfd4", "the mask");
  sigset_t set;
  sigfillset(&set);
  say("%s", line(NEED(signalfd(-1, &set, 0)), "sigmask:"));
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  say("%s", line(NEED(signalfd(-1, &set, 0)), "sigmask:"));
  return 0;
}
