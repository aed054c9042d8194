// SECCOMP_RET_ERRNO: what the caller sees.
#include "seccomp.h"

int main(void) {
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "errors by number");
  FILTERED("child", {
    NEED(ADD(0, LOAD_NR, ON(SYS_getppid, SECCOMP_RET_ERRNO | EXDEV), ON(SYS_getuid, SECCOMP_RET_ERRNO),
             ON(SYS_getgid, SECCOMP_RET_ERRNO | 4095), ON(SYS_geteuid, SECCOMP_RET_ERRNO | 0xffff),
             ON(SYS_openat, SECCOMP_RET_ERRNO | ENFILE), ON(SYS_socket, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
             ON(SYS_mkdirat, SECCOMP_RET_ERRNO | EROFS), ON(SYS_kill, SECCOMP_RET_ERRNO | EPERM), ALLOW));
    R(syscall(SYS_getppid));
    R(syscall(SYS_getuid));
    errno = 0;
    T(syscall(SYS_getgid) == -1 && errno == 4095);
    T(syscall(SYS_geteuid) == -1 && errno == 4095);
    R(open("/", O_RDONLY));
    R(socket(AF_UNIX, SOCK_STREAM, 0));
    R(mkdirat(AT_FDCWD, "directory", 0755));
    R(access("directory", F_OK));
    R(kill(getpid(), SIGTERM));
    T(syscall(SYS_getegid) >= 0);
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "the call has not been made");
  FILTERED("child", {
    int ends[2];
    NEED(pipe2(ends, O_NONBLOCK));
    NEED(ADD(0, ONE(SYS_writev, SECCOMP_RET_ERRNO | EIO)));
    struct iovec part = {"abc", 3};
    char byte;
    R(writev(ends[1], &part, 1));
    R(read(ends[0], &byte, 1));
    R(write(ends[1], "abc", 3));
    R(read(ends[0], &byte, 1));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "numbers that no kernel has, and a default that is not to allow");
  FILTERED("child", {
    R(syscall(5000));
    NEED(ADD(0, LOAD_NR, ON(SYS_write, SECCOMP_RET_ALLOW), ON(SYS_exit_group, SECCOMP_RET_ALLOW),
             RET(SECCOMP_RET_ERRNO | EMFILE)));
    R(syscall(5000));
    R(syscall(1000));
    R(syscall(SYS_getpid));
    R(syscall(SYS_sched_yield));
    R(syscall(SYS_fork));
    R(syscall(SYS_execve, "/bin/true", NULL, NULL));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "nobody listens and nobody traces");
  FILTERED("child", {
    NEED(ADD(0, LOAD_NR, ON(SYS_getppid, SECCOMP_RET_TRACE | 7), ON(SYS_getuid, SECCOMP_RET_USER_NOTIF),
             ON(SYS_sched_yield, SECCOMP_RET_TRACE), ALLOW));
    R(syscall(SYS_getppid));
    R(syscall(SYS_getuid));
    R(syscall(SYS_sched_yield));
  });
  CHECK("seccomp(SECCOMP_SET_MODE_FILTER)", "what is logged is allowed");
  FILTERED("child", {
    NEED(ADD(SECCOMP_FILTER_FLAG_LOG, LOAD_NR, ON(SYS_getppid, SECCOMP_RET_LOG),
             ON(SYS_getuid, SECCOMP_RET_ERRNO | 3), ON(SYS_sched_yield, SECCOMP_RET_LOG), ALLOW));
    T(syscall(SYS_getppid) > 0);
    R(syscall(SYS_getuid));
    R(syscall(SYS_sched_yield));
  });
  return 0;
}
