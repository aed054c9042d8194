// Anonymous files and their seals.
#include "case.h"

int main(void) {
  CHECK("memfd_create(MFD_CLOEXEC|MFD_ALLOW_SEALING)", "a file without a name");
  int fd = NEED(memfd_create("name", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  R(fcntl(fd, F_GETFD));
  R(write(fd, "content", 7));
  R(ftruncate(fd, 4096));
  struct stat st;
  NEED(fstat(fd, &st));
  say("mode %o links %ld size %ld", st.st_mode, (long)st.st_nlink, (long)st.st_size);
  CHECK("readlink", "/proc/self/fd shows the name it was given");
  char path[64], target[128] = {0};
  sprintf(path, "/proc/self/fd/%d", fd);
  NEED(readlink(path, target, sizeof target - 1));
  say("%s", target);
  CHECK("mmap(MAP_SHARED)", "a memory file");
  char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  T(map != MAP_FAILED && memcmp(map, "content", 7) == 0);
  memcpy(map, "CONTENT", 7);
  char text[16] = {0};
  R(pread(fd, text, 7, 0));
  say("%s", text);
  CHECK("fcntl(F_ADD_SEALS|F_GET_SEALS)", "not against writing while a mapping can be written");
  R(fcntl(fd, F_GET_SEALS));
  R(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  NEED(munmap(map, 4096));
  R(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK));
  R(fcntl(fd, F_GET_SEALS));
  CHECK("pwrite64 ftruncate", "pwrite64: a sealed file");
  R(pwrite(fd, "x", 1, 0));
  R(ftruncate(fd, 10));
  R(ftruncate(fd, 8192));
  CHECK("mmap", "mmap: a sealed file");
  T(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EPERM);
  T(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
  T(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) != MAP_FAILED);
  CHECK("fcntl(F_ADD_SEALS)", "the seal against seals");
  R(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
  R(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
  CHECK("fcntl(F_ADD_SEALS|F_GET_SEALS)", "files that cannot be sealed");
  fd = NEED(memfd_create("plain", 0));
  R(fcntl(fd, F_GET_SEALS));
  R(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
  put("f", "x");
  R(fcntl(NEED(open("f", O_RDWR)), F_GET_SEALS));
  CHECK("memfd_create", "names and flags");
  char name[300];
  memset(name, 'n', sizeof name);
  name[249] = 0;
  R(memfd_create(name, 0) >= 0);
  name[249] = 'n', name[250] = 0;
  R(memfd_create(name, 0));
  R(memfd_create("x", 0x8000));
  R(memfd_create(NULL, 0));
  return 0;
}
