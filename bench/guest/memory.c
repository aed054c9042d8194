// Address space: mapping, touching and giving back.
#include "micro.h"

#include <fcntl.h>
#include <sys/mman.h>

enum { MAP_SIZE = 64 * 1024 };

static int file_fd = -1;
static unsigned long heap_end;

static int op_mmap(void) {
  char *p = mmap(NULL, MAP_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return -1;
  for (int at = 0; at < MAP_SIZE; at += PAGE) ((volatile char *)p)[at] = 1;
  return munmap(p, MAP_SIZE);
}

static int set_up_file(void) {
  file_fd = open(self, O_RDONLY | O_CLOEXEC);
  return file_fd < 0 ? -1 : 0;
}

static int op_mmap_file(void) {
  char *p = mmap(NULL, MAP_SIZE, PROT_READ, MAP_PRIVATE, file_fd, 0);
  if (p == MAP_FAILED) return -1;
  for (int at = 0; at < MAP_SIZE; at += PAGE) (void)((volatile char *)p)[at];
  return munmap(p, MAP_SIZE);
}

static int set_up_brk(void) {
  heap_end = (unsigned long)syscall(SYS_brk, 0);
  return 0;
}

static int set_break(unsigned long end) {
  return (unsigned long)syscall(SYS_brk, end) == end ? 0 : unexpected();
}

static int op_brk(void) {
  return set_break(heap_end + MAP_SIZE) == 0 ? set_break(heap_end) : -1;
}

const struct row memory_rows[] = {
    {"mmap", NULL, op_mmap, NULL},
    {"mmap-file", set_up_file, op_mmap_file, NULL},
    {"brk", set_up_brk, op_brk, NULL},
    {NULL, NULL, NULL, NULL},
};
