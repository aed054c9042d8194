// covers: utimensat utime utimes futimesat
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
  NEED(symlink("f", "link"));
  struct timespec both[2] = {{1000000000, 123456789}, {1111111111, 987654321}};
  R(utimensat(AT_FDCWD, "f", both, 0));
  show("f");
  struct timespec omit[2] = {{0, UTIME_OMIT}, {5, 5}};
  R(utimensat(AT_FDCWD, "f", omit, 0));
  show("f");
  struct timespec none[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};
  R(utimensat(AT_FDCWD, "f", none, 0));
  R(utimensat(AT_FDCWD, "missing", none, 0));
  show("f");
  R(utimensat(AT_FDCWD, "link", both, AT_SYMLINK_NOFOLLOW));
  show("link");
  show("f");
  int fd = NEED(open("f", O_RDONLY));
  R(futimens(fd, both));
  show("f");
  struct timespec bad[2] = {{0, 1000000000}, {0, 0}};
  R(utimensat(AT_FDCWD, "f", bad, 0));
  R(utimensat(AT_FDCWD, "f", both, 0x40));
  R(utimensat(AT_FDCWD, "", both, 0));
  struct timeval micro[2] = {{7, 8}, {9, 10}};
  R(utimes("f", micro));
  show("f");
  micro[0].tv_usec = 1000000;
  R(utimes("f", micro));
  struct utimbuf seconds = {100, 200};
  R(utime("f", &seconds));
  show("f");
  R(utimensat(AT_FDCWD, "f", NULL, 0));
  struct stat st;
  NEED(stat("f", &st));
  T(labs(st.st_mtime - time(NULL)) < 100);
  struct timespec old[2] = {{-5, 0}, {-100, 5}};
  R(utimensat(AT_FDCWD, "f", old, 0));
  show("f");
  return 0;
}
