// tags: proc
// /proc/<pid> of another process, living, stopped and dead.
#include "case.h"

static pid_t child;
static const char *at(const char *name) {
  static char path[64];
  sprintf(path, "/proc/%d/%s", child, name);
  return path;
}
static bool state(char wanted) {
  for (int i = 0; i < 200; i++) {
    const char *text = get(at("stat")), *end = strrchr(text, ')');
    if (end && end[2] == wanted) return true;
    sleep_ms(5);
  }
  return false;
}
int main(void) {
  struct gate ready = new_gate();
  child = CHILD({
    prctl(PR_SET_NAME, "my child)");
    NEED(dup2(1, 77));
    NEED(given_directory("sub", 0755));
    NEED(chdir("sub"));
    tell(ready);
    for (;;) pause();
  });
  await(ready);
  CHECK("read(/proc/PID/comm) read(/proc/PID/cmdline)", "read: of a child");
  say("comm %s", get(at("comm")));
  T(strcmp(get(at("cmdline")), self) == 0);
  CHECK("readlink(/proc/PID/cwd)", "readlink: of a child");
  char target[4096] = {0};
  NEED(readlink(at("cwd"), target, sizeof target - 1));
  say("cwd %s", strrchr(target, '/'));
  CHECK("access(/proc/PID/fd)", "the descriptors of a child");
  R(access(at("fd/77"), F_OK));
  R(access(at("fd/78"), F_OK));
  R(access(at("task"), F_OK));
  CHECK("read(/proc/PID/stat)", "sleeping, stopped, sleeping");
  T(state('S'));
  kill(child, SIGSTOP);
  T(state('T'));
  kill(child, SIGCONT);
  T(state('S'));
  CHECK("getdents64(/proc)", "has the child");
  bool found = false;
  DIR *dir = opendir("/proc");
  struct dirent *entry;
  while ((entry = readdir(dir))) found |= atoi(entry->d_name) == child;
  T(found);
  CHECK("read(/proc/PID/stat)", "a zombie");
  int status = NEED(open(at("status"), O_RDONLY));
  int directory = NEED(open(at("."), O_RDONLY | O_DIRECTORY));
  kill(child, SIGKILL);
  T(state('Z'));
  CHECK("readlink(/proc/PID/exe)", "a zombie has none");
  R(strlen(get(at("cmdline"))));
  R(readlink(at("exe"), target, sizeof target));
  R(readlink(at("cwd"), target, sizeof target));
  CHECK("openat(/proc/PID) read", "gone");
  reap("child", child);
  R(open(at("stat"), O_RDONLY));
  R(read(status, target, 10));
  R(openat(directory, "stat", O_RDONLY));
  R(access("/proc/999999999", F_OK));
  return 0;
}
