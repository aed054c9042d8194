// tags: proc
// /proc/self/maps: the binary, heap, stack and a file mapping, in order, with their permissions.
#include "case.h"

int main(void) {
  CHECK("read(/proc/self/maps)", "heap, stack, program and file");
  put("mapped", "x");
  int fd = NEED(open("mapped", O_RDONLY));
  char *file = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  free(malloc(100));
  int local;
  FILE *maps = fopen("/proc/self/maps", "r");
  char line[5000];
  unsigned long previous = 0;
  bool ordered = true, heap = false, stack = false, binary = false, mapped = false, vdso = false,
       code = false;
  while (maps && fgets(line, sizeof line, maps)) {
    unsigned long start, end, offset, inode;
    char permissions[8], device[16], path[4096] = "";
    int got = sscanf(line, "%lx-%lx %7s %lx %15s %lu %4095s", &start, &end, permissions, &offset, device,
                     &inode, path);
    if (got < 6) say("odd line");
    ordered &= start >= previous && end > start;
    previous = end;
    if (strcmp(path, "[heap]") == 0) heap = strcmp(permissions, "rw-p") == 0 && inode == 0;
    if (strcmp(path, "[stack]") == 0) stack = (unsigned long)&local >= start && (unsigned long)&local < end;
    if (strcmp(path, "[vdso]") == 0) vdso = true;
    if ((unsigned long)main >= start && (unsigned long)main < end) {
      binary = strcmp(path, realpath(self, NULL)) == 0;
      code = strcmp(permissions, "r-xp") == 0;
    }
    if ((unsigned long)file == start) {
      struct stat st;
      NEED(fstat(fd, &st));
      mapped = strcmp(permissions, "r--p") == 0 && strcmp(strrchr(path, '/'), "/mapped") == 0 &&
               inode == st.st_ino;
    }
  }
  T(ordered);
  T(heap);
  T(stack);
  T(vdso);
  T(binary && code);
  T(mapped);
  CHECK("read(/proc/self/maps)", "a file that was removed");
  NEED(unlink("mapped"));
  T(strstr(get("/proc/self/maps"), "/mapped (deleted)\n") != NULL);
  CHECK("read(/proc/self/maps)", "nothing after munmap");
  NEED(munmap(file, 4096));
  T(strstr(get("/proc/self/maps"), "/mapped") == NULL);
  CHECK("pread64(/proc/self/mem)", "own memory");
  int mem = open("/proc/self/mem", O_RDWR);
  local = 5;
  int value = 0;
  T(pread(mem, &value, 4, (off_t)(uintptr_t)&local) == 4 && value == 5);
  return 0;
}
