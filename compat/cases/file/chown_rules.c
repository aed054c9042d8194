// tags: permissions
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
  NEED(given_symlink("f", "link"));
  CHECK("chown", "nobody is changed; a missing name");
  R(chown("f", -1, -1));
  R(chown("missing", -1, -1));
  if (geteuid() != 0) {
    R(chown("f", 0, 0));
    return 0;
  }
  CHECK("chown", "by root: owner and group, and the set-id bits go");
  NEED(given_mode("f", 06755));
  R(chown("f", 1000, 2000));
  show("f");
  NEED(given_mode("f", 02644));
  R(chown("f", 1001, -1));
  show("f");
  R(chown("f", -1, 2001));
  show("f");
  CHECK("lchown", "a symbolic link itself");
  R(lchown("link", 3000, 3000));
  show("link");
  show("f");
  CHECK("fchownat", "follows a symbolic link");
  R(fchownat(AT_FDCWD, "link", 4000, 4000, 0));
  show("f");
  CHECK("fchownat(AT_SYMLINK_NOFOLLOW)", "a symbolic link itself; an unknown flag");
  R(fchownat(AT_FDCWD, "link", 4001, 4001, AT_SYMLINK_NOFOLLOW));
  show("link");
  R(fchownat(AT_FDCWD, "link", 1, 1, 0x10000));
  NEED(given_mode(".", 0777));
  NEED(given_mode("..", 0755));
  pid_t child = CHILD({
    NEED(setgid(4000));
    NEED(setuid(4000));
    CHECK("chown", "a user without privileges gives nothing away");
    R(chown("f", 4000, 4000));
    R(chown("f", 1, -1));
    R(chown("f", -1, 1));
    CHECK("chmod", "only the owner may; a foreign group takes the set-group-id bit");
    R(chmod("f", 02755));
    R(chmod("link", 0644));
    R(chmod("missing", 0644));
    CHECK("chown", "a file of one's own to a foreign group");
    put("mine", "x");
    show("mine");
    R(chown("mine", -1, 9));
    CHECK("chmod(S_ISUID)", "a file of one's own");
    R(chmod("mine", 04755));
  });
  reap("other user", child);
  show("mine");
  return 0;
}
