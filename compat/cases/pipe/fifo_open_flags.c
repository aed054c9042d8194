// covers: openat fcntl
// Flags of open(2) on a FIFO.
#include "case.h"

static void try(const char *label, const char *path, int flags) {
  int fd = open(path, flags, 0600);
  if (fd < 0)
    say("%s: %s", label, errno_name(errno));
  else
    say("%s: flags %#x", label, fcntl(fd, F_GETFL));
  close(fd);
}

int main(void) {
  NEED(mkfifo("f", 0600));
  int keep = NEED(open("f", O_RDWR | O_NONBLOCK));
  CHECK("openat fcntl(F_GETFL)", "what is kept");
  try("O_RDONLY", "f", O_RDONLY);
  try("O_WRONLY|O_APPEND", "f", O_WRONLY | O_APPEND);
  try("O_RDWR|O_NONBLOCK", "f", O_RDWR | O_NONBLOCK);
  try("O_SYNC", "f", O_RDWR | O_SYNC);
  try("O_DSYNC", "f", O_RDWR | O_DSYNC);
  try("O_NOATIME", "f", O_RDONLY | O_NOATIME);
  try("O_NOFOLLOW", "f", O_RDONLY | O_NOFOLLOW);
  try("O_CLOEXEC", "f", O_RDONLY | O_CLOEXEC);
  try("O_ASYNC", "f", O_RDONLY | O_ASYNC);
  try("O_NOCTTY", "f", O_RDONLY | O_NOCTTY);
  CHECK("openat", "what is refused");
  try("access mode 3", "f", 3);
  try("O_DIRECT", "f", O_RDWR | O_DIRECT);
  try("O_DIRECTORY", "f", O_RDONLY | O_DIRECTORY);
  try("O_TMPFILE", "f", O_RDWR | O_TMPFILE);
  try("O_CREAT|O_EXCL", "f", O_RDWR | O_CREAT | O_EXCL);
  try("a slash behind", "f/", O_RDONLY);
  CHECK("openat(O_TRUNC)", "takes nothing away");
  NEED(write(keep, "stays", 5));
  try("O_TRUNC", "f", O_RDWR | O_TRUNC);
  try("O_CREAT", "f", O_RDWR | O_CREAT);
  char text[16];
  R(read(keep, text, 16));
  CHECK("openat(O_PATH)", "does not open it");
  int path = NEED(open("f", O_PATH));
  R(read(path, text, 1));
  R(fcntl(path, F_GETPIPE_SZ));
  struct pollfd poller = {path, POLLIN, 0};
  R(poll(&poller, 1, 0));
  say("%#x", poller.revents);
  CHECK("openat(O_NOFOLLOW)", "through a symbolic link");
  NEED(given_symlink("f", "link"));
  try("link", "link", O_RDONLY);
  try("link, O_NOFOLLOW", "link", O_RDONLY | O_NOFOLLOW);
  CHECK("fcntl(F_SETFL)", "O_DIRECT makes packets of it");
  int writer = NEED(open("f", O_WRONLY));
  R(fcntl(writer, F_SETFL, O_DIRECT));
  R(write(writer, "ab", 2));
  R(write(writer, "cd", 2));
  R(read(keep, text, 16));
  R(read(keep, text, 16));
  return 0;
}
