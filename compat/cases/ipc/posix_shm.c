// POSIX shared memory: files in /dev/shm.
// libs: -lrt
#include "case.h"

#include <sys/statfs.h>

int main(void) {
  char name[64], path[96];
  snprintf(name, sizeof name, "/case.%d", getpid());
  snprintf(path, sizeof path, "/dev/shm%s", name);
  CHECK("stat statfs", "/dev/shm");
  struct stat s;
  NEED(stat("/dev/shm", &s));
  say("mode %o, owner %u", s.st_mode & 07777, s.st_uid);
  struct statfs f;
  NEED(statfs("/dev/shm", &f));
  T(f.f_type == 0x01021994);
  T(f.f_blocks > 0 && f.f_bfree > 0);
  CHECK("openat(O_CREAT|O_EXCL)", "made once");
  int fd = NEED(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0640));
  R(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0640));
  NEED(fstat(fd, &s));
  say("mode %o, size %ld, blocks %ld", s.st_mode & 0777, (long)s.st_size, (long)s.st_blocks);
  T(fcntl(fd, F_GETFD) == FD_CLOEXEC);
  CHECK("ftruncate mmap", "children see the same bytes");
  R(ftruncate(fd, 10000));
  int *p = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  T(p != MAP_FAILED);
  pid_t child = CHILD({
    int own = NEED(shm_open(name, O_RDWR, 0));
    int *q = mmap(NULL, 10000, PROT_READ | PROT_WRITE, MAP_SHARED, own, 0);
    q[7] = 4711;
    q[2000] = 12;
  });
  reap("child", child);
  say("%d %d %d", p[7], p[2000], p[8]);
  CHECK("read write", "and those who read the file");
  int value = 0;
  NEED(pread(fd, &value, sizeof value, 28));
  say("%d", value);
  value = 99;
  NEED(pwrite(fd, &value, sizeof value, 400));
  say("%d", p[100]);
  CHECK("unlinkat", "the memory stays while it is mapped");
  R(shm_unlink(name));
  R(shm_unlink(name));
  R(shm_open(name, O_RDWR, 0));
  close(fd);
  p[3] = 3;
  say("%d %d", p[7], p[3]);
  CHECK("openat", "names");
  R(shm_open("/", O_RDWR | O_CREAT, 0600));
  R(shm_open("/a/b", O_RDWR | O_CREAT, 0600));
  CHECK("openat", "rights of others");
  fd = NEED(shm_open(name, O_RDWR | O_CREAT, 0600));
  child = CHILD({
    NEED(setuid(12345));
    R(shm_open(name, O_RDWR, 0));
    R(shm_unlink(name));
    OK(open("/dev/shm/case.other", O_RDWR | O_CREAT, 0600));
    R(unlink("/dev/shm/case.other"));
  });
  reap("other", child);
  shm_unlink(name);
  return 0;
}
