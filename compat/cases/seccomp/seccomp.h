// What the cases about filters of calls have in common: programs in few words, and children that have them.
#ifndef CASES_SECCOMP_H
#define CASES_SECCOMP_H
#include "case.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define LOAD_NR LOAD(offsetof(struct seccomp_data, nr))
#define LOAD_ARG(n) LOAD(offsetof(struct seccomp_data, args[n]))
#define LOAD_ARG_HIGH(n) LOAD(offsetof(struct seccomp_data, args[n]) + 4)
#define RET(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define ALLOW RET(SECCOMP_RET_ALLOW)
/* Two instructions: the value for one number. */
#define ON(nr, value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), RET(value)

static long UNUSED add_program(unsigned flags, struct sock_filter *program, unsigned short length) {
  struct sock_fprog fprog = {length, program};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &fprog);
}

/* Install a program given as its instructions; the value is seccomp(2)'s. */
#define ADD(flags, ...)                                                 \
  ({                                                                    \
    struct sock_filter program_[] = {__VA_ARGS__};                      \
    add_program(flags, program_, sizeof program_ / sizeof program_[0]); \
  })
#define ONE(nr, value) LOAD_NR, ON(nr, value), ALLOW

static void UNUSED no_new_privileges(void) {
  NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

/* Statements in a child that may install filters; prints how it ended. */
#define FILTERED(label, ...)  \
  reap(label, CHILD({         \
         no_new_privileges(); \
         __VA_ARGS__;         \
       }))

/* A field of /proc/self/status or of another process. */
static int UNUSED status_field(const char *path, const char *name) {
  const char *at = strstr(get(path), name);
  return at ? atoi(at + strlen(name)) : -1;
}
#endif
