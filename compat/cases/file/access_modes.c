// tags: permissions
// Access checks for the owner and for another user.
#include "case.h"

static void check(const char *path) {
  int modes[] = {F_OK, R_OK, W_OK, X_OK, R_OK | W_OK, 8};
  for (int i = 0; i < 6; i++) {
    int result = access(path, modes[i]);
    say("access %s %d: %s", path, modes[i], result ? errno_name(errno) : "ok");
  }
}
int main(void) {
  put("plain", "x");
  put("run", "x");
  put("none", "x");
  NEED(given_mode("run", 0755));
  NEED(given_mode("none", 0));
  CHECK("access", "files, directories, links and missing names");
  NEED(given_symlink("gone", "dangling"));
  check("plain");
  check("run");
  check("none");
  check("missing");
  check("dangling");
  check(".");
  CHECK("faccessat2(AT_SYMLINK_NOFOLLOW)", "a dangling link itself");
  R(faccessat(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
  CHECK("faccessat2(AT_EACCESS|AT_EMPTY_PATH)", "by effective identity, by descriptor, an unknown flag");
  R(syscall(SYS_faccessat2, AT_FDCWD, "plain", R_OK, AT_EACCESS));
  R(syscall(SYS_faccessat2, AT_FDCWD, "plain", R_OK, 0x40000));
  int fd = NEED(open("plain", O_PATH));
  R(syscall(SYS_faccessat2, fd, "", R_OK, AT_EMPTY_PATH));
  if (geteuid() == 0 && NEED(given_mode("..", 0711)) == 0) {
    NEED(given_mode(".", 0711));
    pid_t child = CHILD({
      NEED(setgid(12345));
      NEED(setuid(12345));
      CHECK("access", "another user");
      check("plain");
      check("none");
      check(".");
      CHECK("openat", "another user gets what access says");
      R(open("none", O_RDONLY));
      R(open("plain", O_WRONLY));
      R(open("new", O_WRONLY | O_CREAT, 0644));
      R(opendir(".") == NULL);
    });
    reap("other user", child);
  }
  return 0;
}
