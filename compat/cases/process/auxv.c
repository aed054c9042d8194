// What the auxiliary vector says agrees with the rest.
#include "case.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
int main(int argc, char **argv) {
  CHECK("execve", "the auxiliary vector");
  R(getauxval(AT_PAGESZ));
  R(getauxval(AT_CLKTCK));
  T(getauxval(AT_UID) == getuid() && getauxval(AT_EUID) == geteuid());
  T(getauxval(AT_GID) == getgid() && getauxval(AT_EGID) == getegid());
  R(getauxval(AT_SECURE));
  R(strcmp((char *)getauxval(AT_EXECFN), self));
  R(strcmp((char *)getauxval(AT_PLATFORM), "x86_64"));
  T(getauxval(AT_RANDOM) != 0);
  T(getauxval(AT_SYSINFO_EHDR) != 0);
  ElfW(Phdr) *headers = (void *)getauxval(AT_PHDR);
  R(getauxval(AT_PHENT) == sizeof *headers);
  bool interpreter = false, load = false;
  for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++) {
    interpreter |= headers[i].p_type == PT_INTERP;
    load |= headers[i].p_type == PT_LOAD;
  }
  T(interpreter && load);
  T(getauxval(AT_BASE) != 0 && memcmp((void *)getauxval(AT_BASE), ELFMAG, 4) == 0);
  T(getauxval(AT_ENTRY) != 0);
  T(getauxval(AT_FLAGS) == 0);
  CHECK("execve", "arguments on the stack");
  uintptr_t stack = (uintptr_t)&argc;
  T((uintptr_t)argv > stack && (uintptr_t)argv[0] > (uintptr_t)argv);
  T(((uintptr_t)argv - 8) % 16 == 0);
  T(*(long *)((uintptr_t)argv - 8) == argc);
  unsigned char first[16], second[16];
  memcpy(first, (void *)getauxval(AT_RANDOM), 16);
  memset(second, 0, 16);
  T(memcmp(first, second, 16) != 0);
  CHECK("read(/proc/self/auxv)", "says what the program got");
  FILE *file = fopen("/proc/self/auxv", "rb");
  unsigned long pair[2], entries = 0;
  bool same = true;
  while (file && fread(pair, sizeof pair, 1, file) == 1 && pair[0] != AT_NULL) {
    /* libc has its own idea of AT_HWCAP. */
    if (pair[0] != AT_HWCAP) same &= getauxval(pair[0]) == pair[1];
    entries++;
  }
  T(entries > 10 && same);
  return 0;
}
