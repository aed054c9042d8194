// tags: proc
// /proc/self: links, command line, environment, names.
#include "case.h"

static void show_link(const char *path) {
  char target[4096] = {0};
  if (readlink(path, target, sizeof target - 1) < 0)
    say("%s: %s", path, errno_name(errno));
  else
    say("%s -> %s", path, strncmp(target, "/", 1) ? "something" : strlen(target) == 1 ? "/" : "a path");
}
static bool same_file(const char *one, const char *other) {
  struct stat a, b;
  return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}
int main(void) {
  CHECK("readlink(/proc/self)", "program, directory, root");
  char target[4096] = {0}, number[20], path[64];
  sprintf(number, "%d", getpid());
  NEED(readlink("/proc/self", target, sizeof target - 1));
  T(strcmp(target, number) == 0);
  memset(target, 0, sizeof target);
  NEED(readlink("/proc/self/exe", target, sizeof target - 1));
  char *real = realpath(self, NULL);
  T(strcmp(target, real) == 0);
  memset(target, 0, sizeof target);
  NEED(readlink("/proc/self/cwd", target, sizeof target - 1));
  T(same_file(target, "."));
  show_link("/proc/self/root");
  show_link("/proc/thread-self");
  show_link("/proc/self/nothing");
  CHECK("read(/proc/self/cmdline)", "the arguments");
  T(strcmp(get("/proc/self/cmdline"), self) == 0);
  CHECK("readlink(/proc/self/fd)", "a file");
  put("f", "x");
  int fd = NEED(open("f", O_RDONLY | O_CLOEXEC));
  NEED(lseek(fd, 1, SEEK_SET));
  sprintf(path, "/proc/self/fd/%d", fd);
  memset(target, 0, sizeof target);
  NEED(readlink(path, target, sizeof target - 1));
  T(same_file(target, "f"));
  CHECK("newfstatat(/proc/self/fd)", "the file, and the link with its mode");
  struct stat a, b;
  NEED(stat(path, &a));
  NEED(fstat(fd, &b));
  T(a.st_ino == b.st_ino);
  NEED(lstat(path, &a));
  say("mode %o", a.st_mode);
  CHECK("read(/proc/self/fdinfo)", "position and flags");
  sprintf(path, "/proc/self/fdinfo/%d", fd);
  char *text = strdup(get(path));
  T(strstr(text, "pos:\t1\n") && strstr(text, "flags:\t02100000\n"));
  CHECK("readlink(/proc/self/fd)", "a pipe");
  int p[2];
  NEED(pipe(p));
  sprintf(path, "/proc/self/fd/%d", p[0]);
  memset(target, 0, sizeof target);
  NEED(readlink(path, target, sizeof target - 1));
  T(strncmp(target, "pipe:[", 6) == 0);
  CHECK("openat(/proc/self/fd)", "what is not open");
  R(stat("/proc/self/fd/999", &a));
  R(open("/proc/self/fd/999", O_RDONLY));
  CHECK("getdents64(/proc/self/task)", "the only thread");
  DIR *dir = opendir("/proc/self/task");
  struct dirent *entry;
  while (dir && (entry = readdir(dir)))
    if (entry->d_name[0] != '.') T(atoi(entry->d_name) == getpid());
  CHECK("unlink mkdir openat(O_CREAT)", "nothing is made or removed in /proc");
  R(unlink("/proc/self/cmdline"));
  R(mkdir("/proc/dir", 0755));
  R(open("/proc/new", O_WRONLY | O_CREAT, 0644));
  CHECK("read(/proc/self/environ)", "the environment");
  T(strcmp(get("/proc/self/environ"), environ[0]) == 0);
  return 0;
}
