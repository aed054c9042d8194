// covers: openat ioctl
// /proc/self/ns: namespaces as files, and what ioctl_nsfs(2) says of them.
#include "case.h"

#include <linux/nsfs.h>
#include <sys/statfs.h>
static int open_ns(const char *kind) {
  char name[64];
  snprintf(name, sizeof name, "/proc/self/ns/%s", kind);
  return open(name, O_RDONLY | O_CLOEXEC);
}
int main(void) {
  static const char *const kinds[] = {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"};
  CHECK("ioctl(NS_GET_NSTYPE)", "each file is one of its kind");
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char link[64] = {0}, name[64], text[64];
    struct stat st = {0};
    struct statfs fs = {0};
    int fd = open_ns(kinds[i]);
    say("%s: %d, type %#x", kinds[i], fd >= 0, ioctl(fd, NS_GET_NSTYPE));
    T(fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0444);
    T(fstatfs(fd, &fs) == 0 && fs.f_type == 0x6e736673);
    snprintf(name, sizeof name, "/proc/self/ns/%s", kinds[i]);
    NEED(readlink(name, link, sizeof link - 1));
    snprintf(text, sizeof text, "%s:[%lu]", kinds[i], (unsigned long)st.st_ino);
    T(strcmp(link, text) == 0);
    R(ioctl(fd, 0x1234));
    close(fd);
  }
  CHECK("ioctl(NS_GET_PARENT)", "only two kinds have parents");
  R(ioctl(open_ns("uts"), NS_GET_PARENT));
  CHECK("ioctl(NS_GET_OWNER_UID)", "only user namespaces have owners");
  unsigned uid = 77;
  R(ioctl(open_ns("uts"), NS_GET_OWNER_UID, &uid));
  T(uid == 77);
  CHECK("openat", "a namespace cannot be read or written");
  char c;
  R(read(open_ns("uts"), &c, 1));
  R(open("/proc/self/ns/uts", O_RDWR));
  return 0;
}
