// Programs started from a descriptor: by AT_EMPTY_PATH, from a memfd, and unlinked ones.
#include "case.h"

static int copy_of_self(int to) {
  int from = NEED(open(self, O_RDONLY));
  char buffer[65536];
  ssize_t got;
  while ((got = read(from, buffer, sizeof buffer)) > 0) NEED(write(to, buffer, got));
  close(from);
  return to;
}
int main(int argc, char **argv) {
  if (argc > 1) {
    say("  started as %s", argv[1]);
    char exe[300] = {0};
    NEED(readlink("/proc/self/exe", exe, sizeof exe - 1));
    say("  exe %s", strncmp(exe, "/memfd:", 7) == 0 ? exe
                    : strstr(exe, " (deleted)")     ? "(deleted)"
                    : strrchr(exe, '/') != NULL     ? "file"
                                                    : "?");
    return 21;
  }
  extern char **environ;
  int fd = NEED(open(self, O_RDONLY | O_CLOEXEC));
  char *args[] = {"x", "@fd", NULL};
  CHECK("execveat(AT_EMPTY_PATH)", "from a descriptor that closes on exec");
  reap("execveat", CHILD(syscall(SYS_execveat, fd, "", args, environ, AT_EMPTY_PATH)));
  CHECK("execveat(AT_EMPTY_PATH)", "as fexecve calls it");
  reap("fexecve", CHILD(fexecve(fd, args, environ)));
  CHECK("execveat(AT_EMPTY_PATH)", "from an O_PATH descriptor");
  int path = NEED(open(self, O_PATH));
  reap("O_PATH", CHILD(syscall(SYS_execveat, path, "", args, environ, AT_EMPTY_PATH)));
  CHECK("execveat(AT_EMPTY_PATH) memfd_create", "from memory");
  int memory = copy_of_self(NEED(memfd_create("prog", 0)));
  args[1] = "@memfd";
  reap("memfd", CHILD(fexecve(memory, args, environ)));
  CHECK("execve", "a file that is open for writing");
  int file = copy_of_self(NEED(open("copy", O_WRONLY | O_CREAT, 0755)));
  args[1] = "@copy";
  reap("open for writing", CHILD({
         execv("copy", args);
         say("%s", errno_name(errno));
       }));
  close(file);
  CHECK("execve", "a copy");
  reap("copy", CHILD(execv("./copy", args)));
  CHECK("execveat(AT_EMPTY_PATH)", "a file that was removed");
  file = NEED(open("copy", O_RDONLY));
  NEED(unlink("copy"));
  reap("unlinked", CHILD(fexecve(file, args, environ)));
  CHECK("execveat", "an empty path, a directory");
  R(syscall(SYS_execveat, fd, "", args, environ, 0));
  NEED(given_directory("dir", 0755));
  int dir = NEED(open("dir", O_RDONLY));
  R(syscall(SYS_execveat, dir, "", args, environ, AT_EMPTY_PATH));
  return 0;
}
