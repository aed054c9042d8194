/*
 * pipe-run PROGRAM [ARG...]: run a program with pipes as its standard input, output and error, and copy what goes
 * through them. (Node's own 'pipe' is a socket pair, which a program can tell from a pipe.) The exit status is the
 * program's, 128 + N after signal N.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int forward(int from, int to) {
  static char buffer[65536];
  ssize_t got = read(from, buffer, sizeof buffer), done = 0;
  while (done < got) {
    ssize_t written = write(to, buffer + done, got - done);
    if (written < 0) return 0;
    done += written;
  }
  return got > 0;
}

int main(int argc, char **argv) {
  int in[2], out[2], err[2], status;
  if (argc < 2 || pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) return 127;
  pid_t child = fork();
  if (child == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    dup2(err[1], 2);
    execvp(argv[1], argv + 1);
    fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
    _exit(127);
  }
  signal(SIGPIPE, SIG_IGN);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  struct pollfd fds[] = {{0, POLLIN, 0}, {out[0], POLLIN, 0}, {err[0], POLLIN, 0}, {in[1], 0, 0}};
  while (fds[1].fd >= 0 || fds[2].fd >= 0) {
    if (poll(fds, 4, -1) < 0) continue;
    if (fds[1].fd >= 0 && fds[1].revents && !forward(out[0], 1)) fds[1].fd = -1;
    if (fds[2].fd >= 0 && fds[2].revents && !forward(err[0], 2)) fds[2].fd = -1;
    int gone = fds[3].fd >= 0 && fds[3].revents;
    if (fds[0].fd >= 0 && (gone || (fds[0].revents && !forward(0, in[1])))) {
      fds[0].fd = fds[3].fd = -1;
      close(in[1]);
    }
  }
  while (waitpid(child, &status, 0) < 0) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
