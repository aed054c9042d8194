// Code in a shared mapping of a file makes system calls: the file stays as it is.
#include "../case.h"

/* mov $1, %eax; syscall; ret, and no-operations up to the next border. */
static const unsigned char code[32] = {0xb8, 1,    0,    0,    0,    0x0f, 5,    0xc3, 0x66, 0x90, 0x0f,
                                       0x1f, 0x80, 0,    0,    0,    0,    0x0f, 0x1f, 0x80, 0,    0,
                                       0,    0,    0x0f, 0x1f, 0x80, 0,    0,    0,    0,    0x90};

int main(void) {
  int ends[2];
  char c;
  unsigned char now[sizeof code];
  int fd = NEED(open("code", O_RDWR | O_CREAT, 0600));
  NEED(ftruncate(fd, 4096));
  NEED(pwrite(fd, code, sizeof code, 0));
  long (*shared_write)(int, const void *, size_t) =
      mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, fd, 0);
  NEED(pipe(ends));
  CHECK("mmap(MAP_SHARED, PROT_EXEC) write", "code that is shared with a file makes many calls");
  int good = 0;
  for (int i = 0; i < 600; i++) good += shared_write(ends[1], "x", 1) == 1 && read(ends[0], &c, 1) == 1;
  say("good: %d", good);
  NEED(pread(fd, now, sizeof now, 0));
  T(memcmp(now, code, sizeof code) == 0);
}
