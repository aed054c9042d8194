/*
 * init PROGRAM [ARG...]: pid 1 of a container, where the program itself would be deaf to signals without a handler
 * (pid_namespaces(7)). Ends as the program does, 128 + N after signal N.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int status = 0;
  if (argc < 2) return 127;
  pid_t child = fork(), got;
  if (child < 0) return 127;
  if (child == 0) {
    setpgid(0, 0);
    execvp(argv[1], argv + 1);
    fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
    _exit(errno == ENOENT ? 127 : 126);
  }
  while ((got = wait(&status)) != child) {
    if (got < 0 && errno != EINTR) return 127;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
