// What is no program is refused, before anything else has happened.
#include "seccomp.h"

#define TRY(...) R(ADD(0, __VA_ARGS__))
#define INSN(code, jt, jf, k) \
  { (code), (jt), (jf), (k) }

int main(void) {
  no_new_privileges();
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "lengths and addresses");
  static struct sock_filter many[BPF_MAXINSNS + 1];
  for (int i = 0; i <= BPF_MAXINSNS; i++) many[i] = (struct sock_filter)ALLOW;
  R(add_program(0, many, 0));
  R(add_program(0, many, BPF_MAXINSNS + 1));
  R(add_program(0, NULL, 1));
  R(add_program(0, (struct sock_filter *)8, 1));
  R(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL));
  R(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (void *)8));
  R(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "flags and operations");
  R(ADD(1 << 10, ALLOW));
  R(ADD(-1, ALLOW));
  R(ADD(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, ALLOW));
  R(syscall(SYS_seccomp, 4, 0, NULL));
  R(syscall(SYS_seccomp, -1, 0, NULL));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "loads outside of the data, or of parts of words");
  TRY(LOAD(64), ALLOW);
  TRY(LOAD(61), ALLOW);
  TRY(LOAD(2), ALLOW);
  TRY(LOAD(-4), ALLOW);
  TRY(BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0), ALLOW);
  TRY(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), ALLOW);
  TRY(BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), ALLOW);
  TRY(BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), ALLOW);
  TRY(LOAD(SKF_AD_OFF + SKF_AD_CPU), ALLOW);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "ends that are none");
  TRY(LOAD_NR);
  TRY(ALLOW, LOAD_NR);
  TRY(BPF_STMT(BPF_RET | BPF_X, 0));
  TRY(BPF_JUMP(BPF_JMP | BPF_JA, 0, 0, 0), LOAD_NR);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "jumps out of the program");
  TRY(BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0), ALLOW);
  TRY(BPF_JUMP(BPF_JMP | BPF_JA, -1, 0, 0), ALLOW);
  TRY(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), ALLOW);
  TRY(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), ALLOW);
  TRY(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 255, 0), ALLOW);
  TRY(BPF_JUMP(BPF_JMP | 0x50 | BPF_K, 0, 0, 0), ALLOW);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "arithmetic that there is not");
  TRY(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), ALLOW);
  TRY(BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 3), ALLOW);
  TRY(BPF_STMT(BPF_ALU | BPF_MOD | BPF_X, 0), ALLOW);
  TRY(BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), ALLOW);
  TRY(BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, -1), ALLOW);
  TRY(BPF_STMT(0xffff, 0), ALLOW);
  TRY(BPF_STMT(BPF_MISC | 0x40, 0), ALLOW);
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "memory that there is not, or that nothing was written to");
  TRY(BPF_STMT(BPF_ST, 16), ALLOW);
  TRY(BPF_STMT(BPF_STX, 16), ALLOW);
  TRY(BPF_STMT(BPF_LD | BPF_MEM, 16), ALLOW);
  TRY(BPF_STMT(BPF_LDX | BPF_MEM, -1), ALLOW);
  TRY(BPF_STMT(BPF_LD | BPF_MEM, 0), ALLOW);
  TRY(BPF_STMT(BPF_ST, 1), BPF_STMT(BPF_LD | BPF_MEM, 0), ALLOW);
  TRY(LOAD_NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 1), BPF_STMT(BPF_ST, 3),
      BPF_STMT(BPF_LD | BPF_MEM, 3), ALLOW);
  CHECK("prctl(PR_GET_SECCOMP)", "nothing of that is in force");
  R(prctl(PR_GET_SECCOMP));
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "what looks odd, and is good");
  FILTERED("child", {
    TRY(BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 99), ALLOW);
    TRY(LOAD_NR, BPF_STMT(BPF_ST, 15), BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0), BPF_STMT(BPF_ST, 3),
        BPF_STMT(BPF_LD | BPF_MEM, 15), ALLOW);
    TRY(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), ALLOW, ALLOW);
    TRY(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 2), ALLOW, ALLOW, ALLOW);
    TRY(INSN(BPF_ALU | BPF_NEG, 255, 255, -1), ALLOW);
    TRY(LOAD(60), BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, -1), BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), ALLOW);
    R(add_program(0, many, BPF_MAXINSNS));
  });
  return 0;
}
