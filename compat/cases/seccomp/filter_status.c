// covers: seccomp prctl
// What /proc/PID/status says of filters.
#include "seccomp.h"

static void show(const char *path) {
  say("Seccomp %d, filters %d, NoNewPrivs %d", status_field(path, "Seccomp:"),
      status_field(path, "Seccomp_filters:"), status_field(path, "NoNewPrivs:"));
}

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "mode and number of filters");
  show("/proc/self/status");
  FILTERED("child", {
    show("/proc/self/status");
    for (int i = 0; i < 3; i++) {
      NEED(ADD(0, ALLOW));
      show("/proc/self/status");
      show("/proc/thread-self/status");
    }
    reap("grandchild", CHILD(show("/proc/self/status")));
  });
  show("/proc/self/status");
  CHECK("seccomp(SECCOMP_SET_MODE_STRICT)", "of another process");
  struct gate ready = new_gate(), done = new_gate();
  pid_t child = CHILD({
    char byte;
    NEED(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL));
    tell(ready);
    if (read(done.end[0], &byte, 1) == 1) syscall(SYS_exit, 2);
  });
  await(ready);
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", child);
  show(path);
  tell(done);
  reap("child", child);
  return 0;
}
