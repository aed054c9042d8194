// covers: chown lchown fchown fchownat
// Who may give files away, and what that does to the set-id bits.
#include "case.h"

static void show(const char *path) {
  struct stat st;
  NEED(lstat(path, &st));
  say("%s: %d:%d %o", path, st.st_uid == geteuid() ? -1 : (int)st.st_uid,
      st.st_gid == getegid() ? -1 : (int)st.st_gid, st.st_mode & 07777);
}
int main(void) {
  put("f", "x");
  NEED(symlink("f", "link"));
  R(chown("f", -1, -1));
  R(chown("missing", -1, -1));
  if (geteuid() != 0) {
    R(chown("f", 0, 0));
    return 0;
  }
  NEED(chmod("f", 06755));
  R(chown("f", 1000, 2000));
  show("f");
  NEED(chmod("f", 02644));
  R(chown("f", 1001, -1));
  show("f");
  R(chown("f", -1, 2001));
  show("f");
  R(lchown("link", 3000, 3000));
  show("link");
  show("f");
  R(fchownat(AT_FDCWD, "link", 4000, 4000, 0));
  show("f");
  R(fchownat(AT_FDCWD, "link", 4001, 4001, AT_SYMLINK_NOFOLLOW));
  show("link");
  R(fchownat(AT_FDCWD, "link", 1, 1, 0x10000));
  NEED(chmod(".", 0777));
  NEED(chmod("..", 0755));
  pid_t child = CHILD({
    NEED(setgid(4000));
    NEED(setuid(4000));
    R(chown("f", 4000, 4000));
    R(chown("f", 1, -1));
    R(chown("f", -1, 1));
    R(chmod("f", 02755));
    R(chmod("link", 0644));
    R(chmod("missing", 0644));
    put("mine", "x");
    show("mine");
    R(chown("mine", -1, 9));
    R(chmod("mine", 04755));
  });
  reap("other user", child);
  show("mine");
  return 0;
}
