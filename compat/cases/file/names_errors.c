// covers: access newfstatat statx openat openat2 mkdir mkdirat mknodat rmdir unlink unlinkat rename renameat2 link linkat symlink readlink chmod fchmodat chown lchown truncate utimensat chdir statfs execve
// Names that no call takes: loops, names that are too long, files as directories, empty ones.
#include "case.h"

static char long_name[300], long_path[5000];

/* Begin a check of a call with each bad name; the expression names `bad`. */
#define BAD_NAMES(call_name, call)                                                                \
  do {                                                                                            \
    CHECK(call_name, "bad names in " #call);                                                      \
    const char *all_[] = {"loop/x", long_name, long_path, "file/x", "missing/x", "", "denied/x"}; \
    for (int i_ = 0; i_ < 7; i_++) {                                                              \
      const char *bad = all_[i_];                                                                 \
      say("%.10s: %s", bad, (call) == -1 ? errno_name(errno) : "ok");                             \
    }                                                                                             \
  } while (0)

int main(void) {
  memset(long_name, 'n', 256);
  for (int i = 0; i < 4096; i += 2) memcpy(long_path + i, "./", 2);
  put("file", "x");
  NEED(given_symlink("loop", "loop"));
  NEED(given_directory("denied", 0755));
  NEED(given_mode("..", 0755));
  NEED(given_mode(".", 0777));
  NEED(given_mode("denied", 0));
  reap("user", CHILD({
         if (geteuid() == 0) {
           NEED(setgid(4321));
           NEED(setuid(4321));
         }
         BAD_NAMES("access", access(bad, F_OK));
         BAD_NAMES("newfstatat", fstatat(AT_FDCWD, bad, &(struct stat){0}, 0));
         BAD_NAMES("statx", statx(AT_FDCWD, bad, 0, STATX_ALL, &(struct statx){0}));
         BAD_NAMES("openat", open(bad, O_RDONLY));
         BAD_NAMES("openat(O_CREAT)", open(bad, O_WRONLY | O_CREAT, 0644));
         BAD_NAMES("openat2", syscall(SYS_openat2, AT_FDCWD, bad, (long[3]){0}, 24));
         BAD_NAMES("mkdir", mkdir(bad, 0755));
         BAD_NAMES("mkdirat", mkdirat(AT_FDCWD, bad, 0755));
         BAD_NAMES("mknodat", mkfifo(bad, 0755));
         BAD_NAMES("rmdir", rmdir(bad));
         BAD_NAMES("unlink", unlink(bad));
         BAD_NAMES("unlinkat", unlinkat(AT_FDCWD, bad, 0));
         BAD_NAMES("rename", rename(bad, "new"));
         BAD_NAMES("rename", rename("file", bad));
         BAD_NAMES("renameat2", syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, bad, RENAME_NOREPLACE));
         BAD_NAMES("link", link(bad, "new"));
         BAD_NAMES("link", link("denied", bad));
         BAD_NAMES("linkat", linkat(AT_FDCWD, bad, AT_FDCWD, "new", AT_SYMLINK_FOLLOW));
         BAD_NAMES("symlink", symlink("x", bad));
         BAD_NAMES("readlink", readlink(bad, (char[8]){0}, 8));
         BAD_NAMES("chmod", chmod(bad, 0644));
         BAD_NAMES("fchmodat", syscall(SYS_fchmodat, AT_FDCWD, bad, 0644));
         BAD_NAMES("chown", chown(bad, -1, -1));
         BAD_NAMES("lchown", lchown(bad, -1, -1));
         BAD_NAMES("truncate", truncate(bad, 0));
         BAD_NAMES("utimensat", utimensat(AT_FDCWD, bad, NULL, 0));
         BAD_NAMES("chdir", chdir(bad));
         BAD_NAMES("statfs", syscall(SYS_statfs, bad, (char[200]){0}));
         BAD_NAMES("execve", execve(bad, (char *[]){"x", NULL}, (char *[]){NULL}));
       }));
  NEED(given_mode("denied", 0755));
  return 0;
}
