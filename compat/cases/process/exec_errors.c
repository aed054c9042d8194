// Why a program does not start.
#include "case.h"

static void try(const char *path) {
  char *args[] = {"x", NULL}, *env[] = {NULL};
  pid_t child = CHILD({
    execve(path, args, env);
    say("%s: %s", path, errno_name(errno));
    _exit(1);
  });
  int status;
  NEED(waitpid(child, &status, 0));
  if (status != 0x100) say_status(path, status);
}
static void make(const char *path, const char *text, size_t size, mode_t mode) {
  int fd = NEED(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
  NEED(write(fd, text, size));
  NEED(fchmod(fd, mode));
  close(fd);
}
int main(void) {
  make("text", "just text\n", 10, 0755);
  make("empty", "", 0, 0755);
  make("noexec", "#!/bin/sh\n", 10, 0644);
  make("badinterp", "#!/does/not/exist\n", 18, 0755);
  make("dirinterp", "#!/tmp\n", 7, 0755);
  make("nointerp", "#!\n", 3, 0755);
  make("blank", "#!   \n", 6, 0755);
  make("elf", "\177ELF\2\1\1", 7, 0755);
  NEED(given_directory("dir", 0755));
  NEED(given_symlink("loop", "loop"));
  NEED(mkfifo("fifo", 0755));
  const char *all[] = {"missing",  "text",  "empty",       "noexec",   "badinterp", "dirinterp",
                       "nointerp", "blank", "elf",         "dir",      "loop",      "fifo",
                       "text/x",   "",      "./missing/x", "/dev/null"};
  CHECK("execve", "files that are no programs");
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) try(all[i]);
  static char path[5000];
  memset(path, 'p', sizeof path - 1);
  char *args[] = {"x", NULL}, *env[] = {NULL};
  CHECK("execve", "a name that is too long, no name");
  R(execve(path, args, env));
  R(execve(NULL, args, env));
  CHECK("execveat(AT_SYMLINK_NOFOLLOW)", "flags, descriptors and links");
  R(syscall(SYS_execveat, AT_FDCWD, "text", args, env, 0x80));
  R(syscall(SYS_execveat, 999, "text", args, env, 0));
  R(syscall(SYS_execveat, AT_FDCWD, "loop", args, env, AT_SYMLINK_NOFOLLOW));
  return 0;
}
