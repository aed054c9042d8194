// A pseudo-terminal pair: line editing, echo, sizes, end.
#include "case.h"

#include <pty.h>
#include <termios.h>
static int master, slave;
static void drain(int fd, const char *label) {
  char text[200], shown[600];
  struct pollfd poller = {fd, POLLIN, 0};
  int length = 0;
  while (poll(&poller, 1, 100) > 0 && (poller.revents & POLLIN)) {
    ssize_t got = read(fd, text + length, sizeof text - length);
    if (got <= 0) break;
    length += got;
  }
  int out = 0;
  for (int i = 0; i < length; i++) out += sprintf(shown + out, text[i] < 32 ? "\\%o" : "%c", text[i]);
  say("%s: '%s'", label, out ? shown : "");
}
int main(void) {
  CHECK("openat(/dev/ptmx) ioctl(TIOCSPTLCK|TIOCGPTN)", "a pair");
  master = NEED(posix_openpt(O_RDWR | O_NOCTTY));
  R(grantpt(master));
  R(unlockpt(master));
  T(strncmp(ptsname(master), "/dev/pts/", 9) == 0);
  slave = NEED(open(ptsname(master), O_RDWR | O_NOCTTY));
  CHECK("ioctl(TCGETS)", "the settings at first");
  R(isatty(master));
  R(isatty(slave));
  struct stat st;
  NEED(fstat(slave, &st));
  T(S_ISCHR(st.st_mode));
  struct termios t;
  R(tcgetattr(slave, &t));
  say("iflag %o oflag %o cflag %o lflag %o", t.c_iflag, t.c_oflag, t.c_cflag & ~CBAUD, t.c_lflag);
  say("intr %d eof %d susp %d erase %d", t.c_cc[VINTR], t.c_cc[VEOF], t.c_cc[VSUSP], t.c_cc[VERASE]);
  CHECK("write read", "output with a return for each line end");
  NEED(write(slave, "out\n", 4));
  drain(master, "master");
  CHECK("read", "lines, erased characters, echo");
  NEED(write(master, "lin\177ne\n", 7));
  drain(master, "echo");
  drain(slave, "line");
  CHECK("read", "the end of file character");
  NEED(write(master, "part", 4));
  drain(slave, "not yet");
  NEED(write(master, "\4", 1));
  drain(slave, "after eof");
  NEED(write(master, "\4", 1));
  R(read(slave, (char[4]){0}, 4));
  drain(master, "rest");
  CHECK("ioctl(TCSETS)", "raw");
  cfmakeraw(&t);
  R(tcsetattr(slave, TCSANOW, &t));
  NEED(write(master, "raw\3\r", 5));
  drain(slave, "raw");
  drain(master, "no echo");
  CHECK("ioctl(TIOCSWINSZ|TIOCGWINSZ)", "the size");
  struct winsize size = {11, 22, 33, 44};
  R(ioctl(master, TIOCSWINSZ, &size));
  memset(&size, 0, sizeof size);
  R(ioctl(slave, TIOCGWINSZ, &size));
  say("%d %d %d %d", size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
  CHECK("ioctl(FIONREAD)", "what waits");
  int waiting = 0;
  NEED(write(slave, "abc", 3));
  R(poll(&(struct pollfd){master, POLLIN, 0}, 1, 5000));
  R(ioctl(master, FIONREAD, &waiting));
  R(waiting);
  CHECK("ioctl(TIOCGPGRP|TIOCGPTN)", "no controlling terminal, unknown requests");
  R(tcgetpgrp(slave));
  R(ioctl(slave, 0x5499, 0));
  int number;
  R(ioctl(master, TIOCGPTN, &number));
  CHECK("read write", "the other side is closed");
  close(slave);
  R(read(master, (char[4]){0}, 4));
  slave = NEED(open(ptsname(master), O_RDWR | O_NOCTTY));
  close(master);
  R(read(slave, (char[4]){0}, 4));
  R(write(slave, "x", 1));
  return 0;
}
