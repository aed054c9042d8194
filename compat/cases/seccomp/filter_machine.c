// The machine that programs run on: arithmetic, memory, both registers.
#include "seccomp.h"

/* Runs instructions with getppid(2)'s first two arguments in A and X; the low byte of A becomes the error. */
#define COMPUTE(a, x, ...)                                                                     \
  do {                                                                                         \
    pid_t child_ = CHILD({                                                                     \
      no_new_privileges();                                                                     \
      struct sock_filter code_[] = {__VA_ARGS__};                                              \
      const int n_ = sizeof code_ / sizeof code_[0];                                           \
      struct sock_filter all_[64] = {LOAD_NR,                                                  \
                                     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 1, 0),   \
                                     ALLOW,                                                    \
                                     LOAD_ARG(1),                                              \
                                     BPF_STMT(BPF_MISC | BPF_TAX, 0),                          \
                                     LOAD_ARG(0)};                                             \
      memcpy(all_ + 6, code_, sizeof code_);                                                   \
      struct sock_filter end_[] = {BPF_STMT(BPF_MISC | BPF_TAX, 0),                            \
                                   LOAD_ARG(2),                                                \
                                   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0),               \
                                   BPF_STMT(BPF_MISC | BPF_TXA, 0),                            \
                                   BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 11),                    \
                                   BPF_STMT(BPF_MISC | BPF_TAX, 0),                            \
                                   BPF_STMT(BPF_MISC | BPF_TXA, 0),                            \
                                   BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x7ff),                 \
                                   BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO),      \
                                   BPF_STMT(BPF_RET | BPF_A, 0)};                              \
      memcpy(all_ + 6 + n_, end_, sizeof end_);                                                \
      NEED(add_program(0, all_, 6 + n_ + sizeof end_ / sizeof end_[0]));                       \
      long low_ = syscall(SYS_getppid, (a), (x), 0L) == -1 ? errno : 0;                        \
      long middle_ = syscall(SYS_getppid, (a), (x), 1L) == -1 ? errno : 0;                     \
      say("%s of %lx and %lx: %lx", #__VA_ARGS__, (long)(a), (long)(x), middle_ << 11 | low_); \
    });                                                                                        \
    int status_;                                                                               \
    NEED(waitpid(child_, &status_, 0));                                                        \
    if (status_ != 0) say_status(#__VA_ARGS__, status_);                                       \
  } while (0)

#define A_K(op, k) BPF_STMT(BPF_ALU | (op) | BPF_K, (k))
#define A_X(op) BPF_STMT(BPF_ALU | (op) | BPF_X, 0)

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "arithmetic with constants");
  COMPUTE(1000, 0, A_K(BPF_ADD, 24));
  COMPUTE(3, 0, A_K(BPF_SUB, 5));
  COMPUTE(0x12345, 0, A_K(BPF_MUL, 0x10001));
  COMPUTE(-1, 0, A_K(BPF_DIV, 7));
  COMPUTE(0x1234567, 0, A_K(BPF_AND, 0xff0ff));
  COMPUTE(0x1000, 0, A_K(BPF_OR, 0x2001));
  COMPUTE(0xffff, 0, A_K(BPF_XOR, 0x5555));
  COMPUTE(0x81, 0, A_K(BPF_LSH, 9));
  COMPUTE(-1, 0, A_K(BPF_RSH, 12));
  COMPUTE(5, 0, BPF_STMT(BPF_ALU | BPF_NEG, 0));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "arithmetic with the other register");
  COMPUTE(1000, 24, A_X(BPF_ADD));
  COMPUTE(3, 5, A_X(BPF_SUB));
  COMPUTE(0xfffff, 0xfffff, A_X(BPF_MUL));
  COMPUTE(0xffffffff, 16, A_X(BPF_DIV));
  COMPUTE(0x1234567, 0xff0ff, A_X(BPF_AND));
  COMPUTE(0x1000, 0x2001, A_X(BPF_OR));
  COMPUTE(0xffff, 0x5555, A_X(BPF_XOR));
  COMPUTE(0x81, 9, A_X(BPF_LSH));
  COMPUTE(0xffffffff, 12, A_X(BPF_RSH));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "division by nothing ends the process");
  COMPUTE(1, 0, A_X(BPF_DIV));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "memory, immediates and lengths");
  COMPUTE(0x123, 0x456, BPF_STMT(BPF_ST, 0), BPF_STMT(BPF_STX, 15), BPF_STMT(BPF_LD | BPF_IMM, 7),
          BPF_STMT(BPF_LD | BPF_MEM, 15), BPF_STMT(BPF_LDX | BPF_MEM, 0), A_X(BPF_ADD));
  COMPUTE(0, 0, BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0));
  COMPUTE(1, 0, BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), A_X(BPF_ADD));
  COMPUTE(1, 0, BPF_STMT(BPF_LDX | BPF_IMM, 0x333), BPF_STMT(BPF_MISC | BPF_TXA, 0));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "jumps by either register");
  for (long x = 4; x < 7; x++) {
    COMPUTE(5, x, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1), BPF_STMT(BPF_LD | BPF_IMM, 0x111),
            A_K(BPF_ADD, 1));
    COMPUTE(5, x, BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 0, 1), BPF_STMT(BPF_LD | BPF_IMM, 0x111),
            A_K(BPF_ADD, 1));
    COMPUTE(5, x, BPF_JUMP(BPF_JMP | BPF_JGE | BPF_X, 0, 1, 0), BPF_STMT(BPF_LD | BPF_IMM, 0x111),
            A_K(BPF_ADD, 1));
    COMPUTE(2, x, BPF_JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 1, 0), BPF_STMT(BPF_LD | BPF_IMM, 0x111),
            A_K(BPF_ADD, 1));
  }
  COMPUTE(-1, 0, BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0x7fffffff, 1, 0), BPF_STMT(BPF_LD | BPF_IMM, 0x111));
  return 0;
}
