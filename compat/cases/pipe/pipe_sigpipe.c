// covers: write writev
// SIGPIPE: who gets it, and with what the write ends.
#include "case.h"

static volatile sig_atomic_t seen, code, from;
static volatile pid_t seen_by;
static void handler(int signo, siginfo_t *info, void *context UNUSED) {
  seen = signo;
  code = info->si_code;
  from = info->si_pid == getpid();
  seen_by = (pid_t)syscall(SYS_gettid);
}

static int broken(void) {
  int p[2];
  NEED(pipe(p));
  close(p[0]);
  return p[1];
}

static void *in_thread(void *fd) {
  R(write(*(int *)fd, "x", 1));
  say("this thread got it: %s", seen_by == (pid_t)syscall(SYS_gettid) ? "yes" : "no");
  return NULL;
}

int main(void) {
  static char data[100000];
  CHECK("write", "kills by default");
  reap("writer", CHILD({ R(write(broken(), "x", 1)); }));
  CHECK("write", "ignored it is EPIPE");
  signal(SIGPIPE, SIG_IGN);
  R(write(broken(), "x", 1));
  R(write(broken(), "", 0));
  struct iovec parts[2] = {{"a", 1}, {"b", 1}};
  R(writev(broken(), parts, 2));
  R(writev(broken(), parts, 0));
  CHECK("write", "a handler sees SI_USER of the writer itself, and the call is EPIPE");
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
  NEED(sigaction(SIGPIPE, &action, NULL));
  R(write(broken(), "x", 1));
  say("signal %d, code %d, from itself: %d", seen, code, from);
  CHECK("write", "goes to the thread that writes");
  pthread_t thread;
  int end = broken();
  pthread_create(&thread, NULL, in_thread, &end);
  pthread_join(thread, NULL);
  CHECK("write", "blocked it waits, and the call is EPIPE");
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  NEED(sigprocmask(SIG_BLOCK, &set, NULL));
  seen = 0;
  R(write(broken(), "x", 1));
  sigset_t pending;
  sigpending(&pending);
  say("seen %d, pending %d", seen, sigismember(&pending, SIGPIPE));
  NEED(sigprocmask(SIG_UNBLOCK, &set, NULL));
  say("seen %d", seen);
  CHECK("write", "what went before the readers left is counted, and the signal comes too");
  int p[2];
  NEED(pipe(p));
  pid_t child = CHILD({
    close(p[1]);
    sleep_ms(40);
  });
  close(p[0]);
  seen = 0;
  R(write(p[1], data, sizeof data));
  say("seen %d", seen);
  reap("reader", child);
  return 0;
}
