// libs: -lutil
// Signals from a controlling terminal: ^C, ^\, ^Z, hang-up, window changes, background reads.
#include "case.h"

#include <pty.h>
#include <termios.h>
static int master;
static void resized(int signal) {
  say("resized");
}
static void started(void) {
  char byte;
  while (read(master, &byte, 1) == 1 && byte != '!') {
  }
}
static pid_t session(void (*body)(void)) {
  pid_t child = forkpty(&master, NULL, NULL, &(struct winsize){24, 80, 0, 0});
  NEED(child);
  if (child == 0) {
    int out = NEED(open("log", O_WRONLY | O_APPEND));
    int terminal = NEED(dup(0));
    NEED(dup2(out, 1));
    NEED(write(terminal, "!", 1));
    body();
    _exit(0);
  }
  started();
  return child;
}
static void wait_forever(void) {
  for (;;) pause();
}
static void wait_resize(void) {
  sigset_t set, none;
  sigemptyset(&none);
  sigemptyset(&set);
  sigaddset(&set, SIGWINCH);
  sigprocmask(SIG_BLOCK, &set, NULL);
  handle(SIGWINCH, resized, 0);
  NEED(write(0, "!", 1));
  sigsuspend(&none);
}
static void background_reader(void) {
  T(tcgetpgrp(0) == getpgrp() && tcgetsid(0) == getsid(0));
  OK(open("/dev/tty", O_RDWR));
  pid_t child = CHILD({
    setpgid(0, 0);
    read(0, (char[1]){0}, 1);
    _exit(1);
  });
  int status;
  T(waitpid(child, &status, WUNTRACED) == child);
  say_status("background reader", status);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  child = CHILD({
    setpgid(0, 0);
    signal(SIGTTIN, SIG_IGN);
    R(read(0, (char[1]){0}, 1));
  });
  reap("ignoring", child);
  child = CHILD({
    setpgid(0, 0);
    signal(SIGTTOU, SIG_IGN);
    R(tcsetpgrp(0, getpid()));
    T(tcgetpgrp(0) == getpid());
  });
  reap("taking the foreground", child);
  R(tcsetpgrp(0, 1 << 29));
  R(ioctl(0, TIOCSCTTY, 0));
}
int main(void) {
  put("log", "");
  CHECK("ioctl(TIOCSCTTY)", "^C ends the foreground");
  pid_t child = session(wait_forever);
  NEED(write(master, "\3", 1));
  reap("^C", child);
  CHECK("ioctl(TIOCSCTTY)", "^\\ ends the foreground");
  child = session(wait_forever);
  NEED(write(master, "\34", 1));
  reap("^\\", child);
  CHECK("close", "hang-up");
  child = session(wait_forever);
  close(master);
  reap("hang-up", child);
  CHECK("ioctl(TIOCSWINSZ)", "SIGWINCH");
  child = session(wait_resize);
  started();
  NEED(ioctl(master, TIOCSWINSZ, &(struct winsize){30, 90, 0, 0}));
  reap("resize", child);
  CHECK("ioctl(TIOCSPGRP|TIOCGPGRP) read", "background processes");
  child = session(background_reader);
  reap("background", child);
  say("%s", get("log"));
  return 0;
}
