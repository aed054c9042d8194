// covers: ioctl
// TCGETA, TCSETA and their kin: the older struct termio, whose flags are the low halves of those of termios.
#include "case.h"

#include <asm/ioctls.h>
#include <asm/termbits.h>
struct old_modes {
  unsigned short iflag, oflag, cflag, lflag;
  unsigned char line, cc[8];
};
static void show(const struct old_modes *t) {
  say("iflag %o oflag %o cflag %o lflag %o line %d intr %d eof %d", t->iflag, t->oflag, t->cflag, t->lflag,
      t->line, t->cc[VINTR], t->cc[VEOF]);
}
int main(void) {
  int master = NEED(posix_openpt(O_RDWR | O_NOCTTY));
  NEED(unlockpt(master));
  int fd = NEED(open(ptsname(master), O_RDWR | O_NOCTTY));
  struct old_modes t = {0};
  CHECK("ioctl(TCGETA)", "gives the low halves");
  R(ioctl(fd, TCGETA, &t));
  show(&t);
  R(ioctl(fd, TCGETA, NULL));
  R(ioctl(fd, TCGETA, (void *)-1));
  CHECK("ioctl(TCSETA)", "changes them and leaves the rest");
  t.lflag &= ~ECHO;
  t.cc[VINTR] = 7;
  R(ioctl(fd, TCSETA, &t));
  struct termios now;
  R(ioctl(fd, TCGETS, &now));
  say("lflag %o intr %d start %d", now.c_lflag, now.c_cc[VINTR], now.c_cc[VSTART]);
  R(ioctl(fd, TCSETAW, &t));
  R(ioctl(fd, TCSETA, NULL));
  CHECK("ioctl(TCSETAF)", "throws away what was typed");
  NEED(write(master, "typed\n", 6));
  struct pollfd arrived = {fd, POLLIN, 0};
  NEED(poll(&arrived, 1, 1000));
  int waiting = 0;
  NEED(ioctl(fd, FIONREAD, &waiting));
  T(waiting == 6);
  R(ioctl(fd, TCSETAF, &t));
  NEED(ioctl(fd, FIONREAD, &waiting));
  T(waiting == 0);
  CHECK("ioctl(TCGETA)", "is for terminals only");
  R(ioctl(NEED(open("/dev/null", O_RDONLY)), TCGETA, &t));
  return 0;
}
