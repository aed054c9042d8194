/*
 * bounded [-n] MILLISECONDS PROGRAM [ARG...]: run a program with pipes as its standard files and copy what goes through
 * them, for at most that long; then nothing that it started is left, whatever sessions or parents it has chosen.
 * (Node's own 'pipe' is a socket pair, which a program can tell from a pipe.) With -n, where that is allowed, the
 * program gets a network of its own that has only a loopback device.
 *
 * Orphans become children of this process (PR_SET_CHILD_SUBREAPER), so killing children until there are none kills the
 * whole tree. SIGTERM, or the death of the caller, ends it early.
 *
 * Descriptor 3 gets one line about the end: "exit N", "signal N", "timeout" or "stopped" (by SIGTERM).
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long output may go on after the program's own end, and how long killing may take: a call that cannot be
 * interrupted keeps its process. */
enum { DRAIN_MS = 1000, KILL_MS = 10000 };

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

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

/* Bytes of standard input that the program has not taken yet. It may wait for its output to be read before it does, so nobody
 * may wait for it. */
static struct {
  char bytes[65536];
  ssize_t at, length;
} feed;

/* Passes on what fits of the program's input; 0 when there will be no more, or nobody who reads it. */
static int feed_input(int from, int to) {
  if (feed.at == feed.length) {
    feed.at = 0;
    feed.length = read(from, feed.bytes, sizeof feed.bytes);
    if (feed.length <= 0) return feed.length = 0;
  }
  ssize_t written = write(to, feed.bytes + feed.at, feed.length - feed.at);
  if (written > 0) feed.at += written;
  return written >= 0 || errno == EAGAIN;
}

/* SIGKILL for each child, by /proc/PID/stat: "PID (name) state ppid ...", where the name may hold anything. */
static void kill_children(void) {
  DIR *proc = opendir("/proc");
  struct dirent *entry;
  while (proc && (entry = readdir(proc))) {
    char path[300], text[512], *end;
    if (!isdigit(entry->d_name[0])) continue;
    snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    if (length <= 0) continue;
    text[length] = 0;
    int parent = 0;
    if ((end = strrchr(text, ')')) && sscanf(end, ") %*c %d", &parent) == 1 && parent == getpid())
      kill(atoi(entry->d_name), SIGKILL);
  }
  if (proc) closedir(proc);
}

static void kill_tree(void) {
  long long deadline = now_ms() + KILL_MS;
  for (;;) {
    pid_t got;
    while ((got = waitpid(-1, NULL, WNOHANG)) > 0) {
    }
    if (got < 0 || now_ms() > deadline) return;
    kill_children();
    usleep(1000);
  }
}

/* A network and IPC objects of its own: what other programs of the machine made is not seen, and what is left behind goes. */
static void own_network(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  unshare(CLONE_NEWIPC);
  if (unshare(CLONE_NEWNET)) return;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd >= 0) ioctl(fd, SIOCSIFFLAGS, &request), close(fd);
  /* A new network takes this over from the machine's, where an engine may have switched it on. */
  fd = open("/proc/sys/net/ipv4/ip_forward", O_WRONLY | O_CLOEXEC);
  if (fd >= 0) (void)!write(fd, "0", 1), close(fd);
}

static void start(char **argv, const int files[3], int network, const sigset_t *mask) {
  setpgid(0, 0);
  if (network) own_network();
  for (int i = 0; i < 3; i++) dup2(files[i], i);
  close_range(3, ~0U, 0);
  sigprocmask(SIG_SETMASK, mask, NULL);
  execvp(argv[0], argv);
  fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
  _exit(127);
}

/* Reap what has ended; true when the program itself has. */
static int reap(pid_t child, int *status) {
  int ended = 0, other;
  pid_t got;
  while ((got = waitpid(-1, &other, WNOHANG)) > 0)
    if (got == child) ended = 1, *status = other;
  return ended;
}

static int finish(const char *how, int status, int exit_status) {
  char line[64];
  int length = snprintf(line, sizeof line, "%s %d\n", how, status);
  if (write(3, line, length) != length) return 127;
  return exit_status;
}

/* The program, and the ends of its pipes. */
struct run {
  pid_t child;
  int in, out, err, signals, status;
};

enum end { ENDED, STOPPED, LATE };

/* Copy until the program and its output have ended, SIGTERM comes or the time is over. */
static enum end copy(struct run *run, long long deadline) {
  struct pollfd fds[] = {{0, POLLIN, 0},
                         {run->out, POLLIN, 0},
                         {run->err, POLLIN, 0},
                         {run->in, 0, 0},
                         {run->signals, POLLIN, 0}};
  int ended = 0;
  while (!ended || fds[1].fd >= 0 || fds[2].fd >= 0) {
    long long left = deadline - now_ms();
    if (left <= 0) return ended ? ENDED : LATE;
    int waits = feed.at < feed.length;
    fds[0].fd = waits || fds[3].fd < 0 ? -1 : 0;
    fds[3].events = waits ? POLLOUT : 0;
    if (poll(fds, 5, left > 1000000 ? 1000000 : (int)left) < 0) continue;
    if (fds[1].fd >= 0 && fds[1].revents && !forward(run->out, 1)) fds[1].fd = -1;
    if (fds[2].fd >= 0 && fds[2].revents && !forward(run->err, 2)) fds[2].fd = -1;
    int gone = fds[3].revents & POLLERR, ready = waits ? fds[3].revents : fds[0].revents;
    if (fds[3].fd >= 0 && (gone || (ready && !feed_input(0, run->in)))) {
      fds[3].fd = -1;
      close(run->in);
    }
    struct signalfd_siginfo info;
    while (read(run->signals, &info, sizeof info) == sizeof info)
      if (info.ssi_signo == SIGTERM) return STOPPED;
    if (reap(run->child, &run->status)) {
      ended = 1;
      if (deadline > now_ms() + DRAIN_MS) deadline = now_ms() + DRAIN_MS;
    }
  }
  return ENDED;
}

/* Fork the program with pipes; what remains here are their other ends. */
static int begin(struct run *run, char **argv, int network) {
  int in[2], out[2], err[2];
  sigset_t mask, old;
  if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) return 0;
  sigemptyset(&mask);
  sigaddset(&mask, SIGTERM);
  sigaddset(&mask, SIGCHLD);
  sigprocmask(SIG_BLOCK, &mask, &old);
  fcntl(in[1], F_SETFL, O_NONBLOCK);
  *run = (struct run){.in = in[1], .out = out[0], .err = err[0]};
  run->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
  pid_t caller = getppid();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != caller || run->signals < 0 || (run->child = fork()) < 0) return 0;
  if (run->child == 0) start(argv, (int[]){in[0], out[1], err[1]}, network, &old);
  close(in[0]);
  close(out[1]);
  close(err[1]);
  return 1;
}

int main(int argc, char **argv) {
  struct run run;
  int network = argc > 1 && !strcmp(argv[1], "-n");
  argv += network + 1;
  if (argc < network + 3) return 127;
  long long deadline = now_ms() + atoll(*argv++);
  fcntl(3, F_SETFD, FD_CLOEXEC);
  if (!begin(&run, argv, network)) return 127;
  signal(SIGPIPE, SIG_IGN);
  enum end end = copy(&run, deadline);
  kill_tree();
  if (end == STOPPED) return finish("stopped", 0, 128 + SIGTERM);
  if (end == LATE) return finish("timeout", 0, 128 + SIGKILL);
  if (WIFSIGNALED(run.status)) return finish("signal", WTERMSIG(run.status), 128 + WTERMSIG(run.status));
  return finish("exit", WEXITSTATUS(run.status), WEXITSTATUS(run.status));
}
