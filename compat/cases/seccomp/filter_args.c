// Filters that look at arguments, and at all 64 bits of them.
#include "seccomp.h"

#define SIXTH BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x89abcdef, 0, 1)

/* Allows getppid(2) except where `test`, over argument 0, jumps over nothing. */
static long with(struct sock_filter test) {
  return ADD(0, LOAD_NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 3), LOAD_ARG(0), test,
             RET(SECCOMP_RET_ERRNO | EDOM), ALLOW);
}

static void tries(const char *name, struct sock_filter test) {
  const long values[] = {0, 1, 5, 6, 0x7fffffff, 0x80000000, 0xffffffff, -1, 1L << 32, (1L << 32) + 5};
  FILTERED(name, {
    NEED(with(test));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
      say("%lx: %s", values[i], syscall(SYS_getppid, values[i]) == -1 ? "denied" : "made");
  });
}

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "equal, greater, and sets of bits");
  tries("==", (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 1));
  tries("!=", (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 1, 0));
  tries(">", (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 5, 0, 1));
  tries(">=", (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x80000000, 0, 1));
  tries("&", (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x80000001, 0, 1));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "the upper half of an argument");
  FILTERED("child", {
    NEED(ADD(0, LOAD_NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 5), LOAD_ARG_HIGH(5),
             BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x01234567, 0, 3), LOAD_ARG(5), SIXTH,
             RET(SECCOMP_RET_ERRNO | EDOM), ALLOW));
    R(syscall(SYS_getppid, 0, 0, 0, 0, 0, 0x0123456789abcdef));
    T(syscall(SYS_getppid, 0, 0, 0, 0, 0, 0x0123456789abcdee) > 0);
    T(syscall(SYS_getppid, 0, 0, 0, 0, 0, 0x0123456689abcdef) > 0);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "each of the six, of calls that only sleep");
  FILTERED("child", {
    for (int i = 0; i < 6; i++)
      NEED(ADD(0, LOAD_NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sched_yield, 0, 3), LOAD_ARG_HIGH(i),
               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x1000 + i, 0, 1), RET(SECCOMP_RET_ERRNO | (i + 1)),
               ALLOW));
    for (int i = 0; i < 6; i++) {
      unsigned long a[6] = {0};
      a[i] = (0x1000UL + i) << 32 | 0x55;
      R(syscall(SYS_sched_yield, a[0], a[1], a[2], a[3], a[4], a[5]));
    }
    R(syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "a mapping that may not be executed");
  FILTERED("child", {
    NEED(ADD(0, LOAD_NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0),
             BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3), LOAD_ARG(2),
             BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), RET(SECCOMP_RET_ERRNO | EACCES), ALLOW));
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    T(memory != MAP_FAILED);
    R(mprotect(memory, 4096, PROT_READ | PROT_EXEC));
    R(mprotect(memory, 4096, PROT_READ));
    R(munmap(memory, 4096));
    T(mmap(NULL, 4096, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EACCES);
    int file = NEED(open("file", O_RDWR | O_CREAT, 0600));
    NEED(ftruncate(file, 4096));
    T(mmap(NULL, 4096, PROT_EXEC | PROT_READ, MAP_PRIVATE, file, 0) == MAP_FAILED && errno == EACCES);
    T(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0) != MAP_FAILED);
    NEED(dup2(file, 0));
    T(mmap(NULL, 4096, PROT_EXEC | PROT_READ, MAP_PRIVATE, 0, 0) == MAP_FAILED && errno == EACCES);
    T(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0) != MAP_FAILED);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "the place of the call, and the architecture");
  FILTERED("child", {
    NEED(ADD(0, LOAD(offsetof(struct seccomp_data, arch)),
             BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0), RET(SECCOMP_RET_KILL_PROCESS),
             LOAD_NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 3),
             LOAD(offsetof(struct seccomp_data, instruction_pointer) + 4),
             BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x8000, 0, 1), RET(SECCOMP_RET_ERRNO | EDOM), ALLOW));
    T(syscall(SYS_getppid) > 0);
  });
  return 0;
}
