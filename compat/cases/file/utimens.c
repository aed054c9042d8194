// Setting times: exact values, NOW and OMIT, by link and by descriptor.
#include "case.h"

#include <utime.h>
static void show(const char *path) {
  struct stat st;
  NEED(lstat(path, &st));
  say("%s: a %ld.%09ld m %ld.%09ld", path, st.st_atim.tv_sec, st.st_atim.tv_nsec, st.st_mtim.tv_sec,
      st.st_mtim.tv_nsec);
}
int main(void) {
  put("f", "x");
  NEED(given_symlink("f", "link"));
  CHECK("utimensat", "exact times");
  struct timespec both[2] = {{1000000000, 123456789}, {1111111111, 987654321}};
  R(utimensat(AT_FDCWD, "f", both, 0));
  show("f");
  CHECK("utimensat(UTIME_OMIT)", "one time, none, a missing name");
  struct timespec omit[2] = {{0, UTIME_OMIT}, {5, 5}};
  R(utimensat(AT_FDCWD, "f", omit, 0));
  show("f");
  struct timespec none[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};
  R(utimensat(AT_FDCWD, "f", none, 0));
  R(utimensat(AT_FDCWD, "missing", none, 0));
  show("f");
  CHECK("utimensat(AT_SYMLINK_NOFOLLOW)", "a symbolic link itself");
  R(utimensat(AT_FDCWD, "link", both, AT_SYMLINK_NOFOLLOW));
  show("link");
  show("f");
  CHECK("utimensat", "by descriptor");
  int fd = NEED(open("f", O_RDONLY));
  R(futimens(fd, both));
  show("f");
  CHECK("utimensat", "nanoseconds, flags and names that are refused");
  struct timespec bad[2] = {{0, 1000000000}, {0, 0}};
  R(utimensat(AT_FDCWD, "f", bad, 0));
  R(utimensat(AT_FDCWD, "f", both, 0x40));
  R(utimensat(AT_FDCWD, "", both, 0));
  CHECK("utimensat", "as utimes calls it");
  struct timeval micro[2] = {{7, 8}, {9, 10}};
  R(utimes("f", micro));
  show("f");
  micro[0].tv_usec = 1000000;
  R(utimes("f", micro));
  CHECK("utimensat", "as utime calls it");
  struct utimbuf seconds = {100, 200};
  R(utime("f", &seconds));
  show("f");
  CHECK("utimensat", "now");
  R(utimensat(AT_FDCWD, "f", NULL, 0));
  struct stat st;
  NEED(stat("f", &st));
  T(labs(st.st_mtime - time(NULL)) < 100);
  CHECK("utimensat", "before 1970");
  struct timespec old[2] = {{-5, 0}, {-100, 5}};
  R(utimensat(AT_FDCWD, "f", old, 0));
  show("f");
  return 0;
}
