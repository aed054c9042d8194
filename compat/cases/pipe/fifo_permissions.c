// covers: openat
// Rights to open a FIFO, as another user.
#include "case.h"

static void as_other(const char *label, int flags) {
  pid_t child = CHILD({
    NEED(setgroups(0, NULL));
    NEED(setresgid(54321, 54321, 54321));
    NEED(setresuid(54321, 54321, 54321));
    int fd = open("f", flags | O_NONBLOCK);
    say(fd < 0 ? "%s: %s" : "%s: ok", label, errno_name(errno));
  });
  int status;
  NEED(waitpid(child, &status, 0));
}

static void modes(mode_t mode) {
  NEED(given_mode("f", mode));
  say("mode %o", mode);
  as_other("read", O_RDONLY);
  as_other("write", O_WRONLY);
  as_other("both", O_RDWR);
}

int main(void) {
  NEED(given_mode(".", 0755));
  NEED(mkfifo("f", 0600));
  int keep = NEED(open("f", O_RDWR));
  CHECK("openat", "each mode of opening by the bits of others");
  modes(0600);
  modes(0604);
  modes(0602);
  modes(0606);
  CHECK("openat", "nobody is asked whether there is a partner before the rights are looked at");
  close(keep);
  modes(0600);
  modes(0602);
  CHECK("openat", "the group's bits");
  NEED(given_owner("f", 0, 54321));
  keep = NEED(open("f", O_RDWR));
  modes(0640);
  modes(0620);
  CHECK("openat", "the owner's bits, even if others have more");
  NEED(given_owner("f", 54321, 0));
  modes(0066);
  modes(0466);
  return 0;
}
