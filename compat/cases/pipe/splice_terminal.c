// covers: splice sendfile
// Terminals and splice(2).
#include "case.h"

#include <sys/sendfile.h>
#include <termios.h>
int main(void) {
  int p[2];
  char text[64] = {0};
  int master = NEED(posix_openpt(O_RDWR | O_NOCTTY));
  NEED(grantpt(master));
  NEED(unlockpt(master));
  int slave = NEED(open(ptsname(master), O_RDWR | O_NOCTTY));
  struct termios t;
  NEED(tcgetattr(slave, &t));
  t.c_lflag &= ~ECHO;
  NEED(tcsetattr(slave, TCSANOW, &t));
  NEED(pipe(p));
  CHECK("splice", "lines of a terminal into a pipe");
  NEED(write(master, "first\nsecond\n", 13));
  sleep_ms(20);
  R(splice(slave, NULL, p[1], NULL, 100, 0));
  R(read(p[0], text, 64));
  say("%s", text);
  R(splice(slave, NULL, p[1], NULL, 3, 0));
  R(splice(slave, NULL, p[1], NULL, 100, 0));
  memset(text, 0, sizeof text);
  R(read(p[0], text, 64));
  say("%s", text);
  CHECK("splice", "from a pipe onto a terminal: output is processed");
  NEED(write(p[1], "out\nput\n", 8));
  R(splice(p[0], NULL, slave, NULL, 100, 0));
  memset(text, 0, sizeof text);
  sleep_ms(30);
  R(read(master, text, 64));
  T(strcmp(text, "out\r\nput\r\n") == 0);
  CHECK("sendfile", "from a file onto a terminal, not from one");
  put("f", "a file\n");
  int fd = NEED(open("f", O_RDWR));
  R(sendfile(slave, fd, NULL, 100));
  memset(text, 0, sizeof text);
  sleep_ms(30);
  R(read(master, text, 64));
  R(sendfile(fd, slave, NULL, 100));
  CHECK("splice", "positions");
  loff_t at = 0;
  R(splice(slave, &at, p[1], NULL, 1, 0));
  R(splice(p[0], NULL, slave, &at, 1, 0));
  return 0;
}
