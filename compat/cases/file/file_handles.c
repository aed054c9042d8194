// covers: name_to_handle_at open_by_handle_at
// File handles: made by name, opened again, also after a rename; stale when the file is gone; refusals.
#include "case.h"

static struct {
  struct file_handle head;
  char bytes[MAX_HANDLE_SZ];
} h;
static long give(int dirfd, const char *name, int flags) {
  int mount;
  h.head.handle_bytes = MAX_HANDLE_SZ;
  return name_to_handle_at(dirfd, name, &h.head, &mount, flags);
}
static void open_it(const char *label, int flags) {
  char text[16] = {0};
  int fd = open_by_handle_at(AT_FDCWD, &h.head, flags);
  if (fd < 0) {
    say("%s: %s", label, errno_name(errno));
    return;
  }
  ssize_t got = read(fd, text, sizeof text - 1);
  say("%s: %ld '%s'", label, (long)got, text);
  close(fd);
}
int main(void) {
  int mount;
  struct stat st;
  put("f", "contents");
  NEED(symlink("f", "link"));
  NEED(mkdir("d", 0755));
  CHECK("name_to_handle_at", "says how much room it needs");
  h.head.handle_bytes = 0;
  R(name_to_handle_at(AT_FDCWD, "f", &h.head, &mount, 0));
  T(h.head.handle_bytes > 0 && h.head.handle_bytes <= MAX_HANDLE_SZ);
  CHECK("open_by_handle_at", "opens what the handle is of");
  R(give(AT_FDCWD, "f", 0));
  open_it("file", O_RDONLY);
  NEED(rename("f", "d/g"));
  open_it("renamed", O_RDONLY);
  open_it("for writing only", O_WRONLY);
  R(give(AT_FDCWD, "d", 0));
  int fd = open_by_handle_at(AT_FDCWD, &h.head, O_RDONLY | O_DIRECTORY);
  T(fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode));
  R(give(fd, "g", 0));
  open_it("below a descriptor", O_RDONLY);
  open_it("not a directory", O_RDONLY | O_DIRECTORY);
  R(give(fd, "", 0));
  R(give(fd, "", AT_EMPTY_PATH));
  NEED(unlink("d/g"));
  put("f", "other");
  R(give(AT_FDCWD, "f", 0));
  NEED(unlink("f"));
  open_it("removed", O_RDONLY);
  CHECK("name_to_handle_at(AT_SYMLINK_FOLLOW)", "follows links only then");
  put("f", "third");
  R(give(AT_FDCWD, "link", AT_SYMLINK_FOLLOW));
  open_it("followed", O_RDONLY);
  R(give(AT_FDCWD, "link", 0));
  open_it("link", O_RDONLY);
  fd = open_by_handle_at(AT_FDCWD, &h.head, O_PATH);
  T(fd >= 0 && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode));
  CHECK("name_to_handle_at", "wrong places, flags and sizes are refused");
  R(give(-1, "f", 0));
  R(give(AT_FDCWD, "absent", 0));
  R(give(AT_FDCWD, (char *)1, 0));
  R(give(AT_FDCWD, "f", -1));
  R(give(NEED(open("f", O_RDONLY)), "x", 0));
  h.head.handle_bytes = MAX_HANDLE_SZ + 1;
  R(name_to_handle_at(AT_FDCWD, "f", &h.head, &mount, 0));
  R(name_to_handle_at(AT_FDCWD, "f", (void *)1, &mount, 0));
  h.head.handle_bytes = MAX_HANDLE_SZ;
  R(name_to_handle_at(AT_FDCWD, "f", &h.head, (void *)1, 0));
  CHECK("open_by_handle_at", "wrong handles, descriptors and rights are refused");
  NEED(give(AT_FDCWD, "f", 0));
  R(open_by_handle_at(-1, &h.head, O_RDONLY));
  R(open_by_handle_at(AT_FDCWD, (void *)1, O_RDONLY));
  unsigned size = h.head.handle_bytes;
  h.head.handle_bytes = 0;
  R(open_by_handle_at(AT_FDCWD, &h.head, O_RDONLY));
  h.head.handle_bytes = MAX_HANDLE_SZ + 1;
  R(open_by_handle_at(AT_FDCWD, &h.head, O_RDONLY));
  h.head.handle_bytes = size;
  pid_t child = NEED(fork());
  if (child == 0) {
    if (setuid(65534) != 0) _exit(1);
    R(open_by_handle_at(AT_FDCWD, &h.head, O_RDONLY));
    _exit(0);
  }
  reap("without rights", child);
  return 0;
}
