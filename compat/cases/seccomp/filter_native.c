// covers: getpid gettid mmap munmap mprotect mremap madvise brk futex clock_gettime sched_yield nanosleep getrandom rt_sigprocmask
// Calls of all kinds under a filter: memory, clocks, sleep, locks and signals as well as files.
#include "seccomp.h"

#include <linux/futex.h>

static const long numbers[] = {
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_madvise,
    SYS_msync,
    SYS_mincore,
    SYS_mlock,
    SYS_munlockall,
    SYS_futex,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_time,
    SYS_getcpu,
    SYS_sched_yield,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_getrandom,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigpending,
    SYS_sigaltstack,
    SYS_arch_prctl,
    SYS_setitimer,
    SYS_getitimer,
    SYS_membarrier,
    SYS_set_robust_list,
    SYS_set_tid_address,
    SYS_pkey_alloc,
    SYS_rt_sigtimedwait,
    SYS_shmat,
    SYS_shmdt,
    SYS_io_setup,
    SYS_io_destroy,
    SYS_read,
    SYS_close,
    SYS_openat,
    SYS_socket,
    SYS_epoll_wait,
    SYS_mount,
    SYS_init_module,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_restart_syscall,
};
#define COUNT (int)(sizeof numbers / sizeof numbers[0])

static volatile sig_atomic_t traps;
static void trapped(int sig) {
  (void)sig;
  traps++;
}

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "each gives an error of its own");
  FILTERED("child", {
    struct sock_filter program[2 * COUNT + 2] = {LOAD_NR};
    for (int i = 0; i < COUNT; i++) {
      struct sock_filter two[] = {ON(numbers[i], SECCOMP_RET_ERRNO | (i + 1))};
      memcpy(program + 1 + 2 * i, two, sizeof two);
    }
    program[2 * COUNT + 1] = (struct sock_filter)ALLOW;
    NEED(add_program(0, program, 2 * COUNT + 2));
    for (int i = 0; i < COUNT; i++)
      say("%ld: %d", numbers[i], syscall(numbers[i], 0, 0, 0, 0, 0, 0) == -1 ? errno : 0);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "one after the other, each filter adding to those before");
  FILTERED("child", {
    for (int i = 0; i < COUNT; i++) {
      NEED(ADD(0, ONE(numbers[i], SECCOMP_RET_ERRNO | (i + 1))));
      say("%ld: %d", numbers[i], syscall(numbers[i], 0, 0, 0, 0, 0, 0) == -1 ? errno : 0);
    }
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "each raises a signal");
  FILTERED("child", {
    handle(SIGSYS, trapped, 0);
    for (int i = 0; i < COUNT; i++) {
      NEED(ADD(0, ONE(numbers[i], SECCOMP_RET_TRAP)));
      say("%ld: %s", numbers[i],
          syscall(numbers[i], 0, 0, 0, 0, 0, 0) == numbers[i] ? "its number" : "other");
      T(traps == i + 1);
    }
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "those whose arguments are looked at work when they may");
  FILTERED("child", {
    NEED(ADD(0, LOAD_ARG(5), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x5eccc0, 0, 1),
             RET(SECCOMP_RET_ERRNO | EDOM), ALLOW));
    char *memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    T(memory != MAP_FAILED);
    memory[5] = 1;
    R(mprotect(memory, 4096, PROT_READ));
    T(mremap(memory, 8192, 16384, MREMAP_MAYMOVE) != MAP_FAILED);
    struct timespec now, little = {0, 1000000};
    R(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now));
    R(nanosleep(&little, NULL));
    int word = 1;
    R(syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0));
    R(syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0));
    R(syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0x5eccc0));
    T(syscall(SYS_brk, 0) > 0);
    T(syscall(SYS_getrandom, &word, 4, 0) == 4);
    handle(SIGUSR1, trapped, 0);
    raise(SIGUSR1);
    T(traps == 1);
    reap("grandchild", CHILD({
           R(syscall(SYS_munmap, memory, 0, 0, 0, 0, 0x5eccc0));
           NEED(execlp("true", "true", NULL));
         }));
  });
  return 0;
}
