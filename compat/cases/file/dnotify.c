// covers: fcntl
// fcntl(F_NOTIFY): signals for what happens in a directory.
#include "case.h"

static int dir;
static void seen(const char *label) {
  sigset_t set;
  siginfo_t info = {0};
  struct timespec now = {0};
  int count = 0;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  while (sigtimedwait(&set, &info, &now) == SIGRTMIN) {
    count++;
    if (info.si_code != POLL_MSG || info.si_fd != dir)
      say("  code %d descriptor %d", info.si_code, info.si_fd == dir);
  }
  say("%s: %d", label, count);
}
int main(void) {
  sigset_t block;
  sigemptyset(&block);
  sigaddset(&block, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &block, NULL);
  NEED(given_directory("d", 0755));
  NEED(given_directory("e", 0755));
  dir = NEED(open("d", O_RDONLY));
  NEED(fcntl(dir, F_SETSIG, SIGRTMIN));
  CHECK("fcntl(F_NOTIFY)", "once, and then no more");
  R(fcntl(dir, F_NOTIFY, DN_CREATE));
  put("d/one", "x");
  put("d/two", "x");
  seen("two files made");
  CHECK("fcntl(F_NOTIFY)", "each kind of event, again and again");
  R(fcntl(dir, F_NOTIFY, DN_CREATE | DN_MULTISHOT));
  put("d/three", "x");
  put("d/four", "x");
  seen("made");
  NEED(rename("d/four", "e/four"));
  seen("moved away");
  NEED(rename("e/four", "d/four"));
  seen("moved here");
  R(fcntl(dir, F_NOTIFY, DN_DELETE | DN_MULTISHOT));
  NEED(unlink("d/four"));
  seen("removed");
  R(fcntl(dir, F_NOTIFY, DN_ATTRIB | DN_MULTISHOT));
  NEED(given_mode("d/three", 0600));
  seen("mode of a file");
  NEED(given_mode("d", 0700));
  seen("mode of the directory");
  R(fcntl(dir, F_NOTIFY, 0));
  NEED(given_mode("d", 0755));
  seen("nothing any more");
  R(fcntl(dir, F_NOTIFY, DN_RENAME | DN_MULTISHOT));
  NEED(rename("d/three", "d/3"));
  seen("renamed inside");
  NEED(rename("d/3", "e/3"));
  seen("renamed to elsewhere");
  CHECK("fcntl(F_NOTIFY)", "is for directories");
  R(fcntl(NEED(open("d/one", O_RDONLY)), F_NOTIFY, DN_CREATE));
  return 0;
}
