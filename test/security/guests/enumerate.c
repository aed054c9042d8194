/*
 * Every system call number from 0 to 600, with arguments that no call accepts and a mark in the sixth, each in a child.
 * Prints "number result", where the result is a value, a signal or "hangs". Then the other ways into a kernel: int 0x80
 * and x32 numbers. MARK is what an observer looks for.
 *
 *   enumerate all            the numbers 0..600, x32 and int 0x80
 *   enumerate NUMBER...      only these (harmless ones, for trying out the observer)
 */
#include "guest.h"

#define MARK 0x7e571e57L
/* They have no answer: exits, and the return from a signal handler that is not running. */
static int skipped(long number) {
  return number == 60 || number == 231 || number == 15;
}

static long *shared;

static void one(const char *label, long number, long (*call)(long)) {
  int status;
  *shared = 0x5ca1ab1e;
  pid_t child = fork();
  if (child == 0) {
    *shared = call(number);
    syscall(SYS_exit_group, 0);
  }
  if (reap_within(child, 1000, &status))
    printf("%s %ld hangs\n", label, number);
  else if (WIFSIGNALED(status))
    printf("%s %ld signal %d\n", label, number, WTERMSIG(status));
  else
    printf("%s %ld result %ld\n", label, number, *shared);
}

static long call64(long number) {
  const long args[6] = {-1, -1, -1, -1, -1, MARK};
  return raw(number, args);
}

static long call32(long number) {
  long result;
  /* The sixth argument travels in ebp. */
  __asm__ volatile(
      "pushq %%rbp\n"
      "movq %[mark], %%rbp\n"
      "int $0x80\n"
      "popq %%rbp\n"
      : "=a"(result)
      : "a"(number), "b"(-1L), "c"(-1L), "d"(-1L), "S"(-1L), "D"(-1L), [mark] "r"(MARK)
      : "memory", "r8", "r9", "r10", "r11");
  return result;
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IONBF, 0);
  shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (argc > 1 && strcmp(argv[1], "all") != 0) {
    for (int i = 1; i < argc; i++) one("x64", atol(argv[i]), call64);
    one("i386", 20, call32);
    return 0;
  }
  work_directory();
  for (long number = 0; number <= 600; number++)
    if (!skipped(number)) one("x64", number, call64);
  for (long number = 0; number <= 600; number += 3) one("x32", number | 0x40000000, call64);
  const long numbers32[] = {0, 3, 4, 5, 6, 20, 24, 37, 39, 102, 122, 180, 192, 224, 252 + 1000, 355};
  for (unsigned i = 0; i < sizeof numbers32 / sizeof *numbers32; i++) one("i386", numbers32[i], call32);
  return still_alive();
}
