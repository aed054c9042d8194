// covers: wait4 waitid
// Choosing children, WNOHANG, WNOWAIT, ECHILD.
#include "case.h"

int main(void) {
  int status;
  R(wait(&status));
  R(waitpid(-1, &status, WNOHANG));
  struct gate go = new_gate();
  pid_t child = CHILD({
    await(go);
    _exit(6);
  });
  R(waitpid(child, &status, WNOHANG));
  siginfo_t info = {.si_pid = 99};
  R(waitid(P_PID, child, &info, WEXITED | WNOHANG));
  R(info.si_pid);
  tell(go);
  R(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  say("signal %d code %d status %d own %d", info.si_signo, info.si_code, info.si_status,
      info.si_pid == child);
  R(kill(child, 0));
  R(kill(child, SIGTERM));
  struct rusage usage;
  T(wait4(child, &status, WNOHANG, &usage) == child);
  say_status("child", status);
  R(waitpid(child, &status, 0));
  R(kill(child, 0));
  pid_t a = CHILD({
    setpgid(0, 0);
    _exit(1);
  });
  NEED(setpgid(a, a) == 0 || errno == EACCES || errno == ESRCH ? 0 : -1);
  pid_t b = CHILD(_exit(2));
  T(waitpid(-a, &status, 0) == a);
  T(waitpid(0, &status, 0) == b);
  R(waitpid(0, &status, 0));
  R(waitpid(-99999, &status, 0));
  R(waitpid(-1, &status, 0x10000));
  R(waitid(P_ALL, 0, &info, 0));
  R(waitid(77, 0, &info, WEXITED));
  for (int i = 0; i < 20; i++) CHILD(_exit(i));
  int sum = 0;
  while (wait(&status) > 0) sum += WEXITSTATUS(status);
  R(sum);
  child = CHILD(exit(300));
  reap("300", child);
  child = CHILD(exit(-1));
  reap("-1", child);
  return 0;
}
