/*
 * pty-run ROWS COLUMNS PROGRAM [ARG...]: run a program as the leader of a session on a pseudo-terminal of that size.
 * Standard input goes to the terminal, what the terminal shows to standard output. SIGUSR1 makes the window 50 x 132.
 * The exit status is the program's, 128 + N after signal N.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int master;

static void resize(int signal) {
  (void)signal;
  struct winsize size = {50, 132, 0, 0};
  ioctl(master, TIOCSWINSZ, &size);
}

static int forward(int from, int to) {
  char buffer[4096];
  ssize_t got = read(from, buffer, sizeof buffer), done = 0;
  if (got < 0 && errno == EINTR) return 1;
  while (done < got) {
    ssize_t written = write(to, buffer + done, got - done);
    if (written < 0 && errno != EINTR) return 0;
    if (written > 0) done += written;
  }
  return got > 0;
}

int main(int argc, char **argv) {
  if (argc < 4) return 127;
  struct winsize size = {atoi(argv[1]), atoi(argv[2]), 0, 0};
  int status;
  pid_t child = forkpty(&master, NULL, NULL, &size);
  if (child == 0) {
    execvp(argv[3], argv + 3);
    fprintf(stderr, "%s: %s\n", argv[3], strerror(errno));
    _exit(127);
  }
  signal(SIGPIPE, SIG_IGN);
  struct sigaction action = {.sa_handler = resize};
  sigaction(SIGUSR1, &action, NULL);
  struct pollfd fds[] = {{0, POLLIN, 0}, {master, POLLIN, 0}};
  for (;;) {
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents && !forward(master, 1)) break;
    if (fds[0].fd >= 0 && fds[0].revents && !forward(0, master)) fds[0].fd = -1;
  }
  // Not closed before: a program closes its files before it ends, and would be hung up on in between.
  while (waitpid(child, &status, 0) < 0) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
