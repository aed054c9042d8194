// Choosing children, WNOHANG, WNOWAIT, ECHILD.
#include "case.h"

int main(void) {
  int status;
  CHECK("wait4(WNOHANG)", "no children");
  R(wait(&status));
  R(waitpid(-1, &status, WNOHANG));
  CHECK("wait4(WNOHANG)", "wait4: a child that lives");
  struct gate go = new_gate();
  pid_t child = CHILD({
    await(go);
    _exit(6);
  });
  R(waitpid(child, &status, WNOHANG));
  CHECK("waitid(WNOHANG)", "waitid: a child that lives");
  siginfo_t info = {.si_pid = 99};
  R(waitid(P_PID, child, &info, WEXITED | WNOHANG));
  R(info.si_pid);
  CHECK("waitid(WNOWAIT)", "a child that ended stays");
  tell(go);
  R(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
  say("signal %d code %d status %d own %d", info.si_signo, info.si_code, info.si_status,
      info.si_pid == child);
  CHECK("kill", "a zombie");
  R(kill(child, 0));
  R(kill(child, SIGTERM));
  CHECK("wait4", "status and usage; then it is gone");
  struct rusage usage;
  T(wait4(child, &status, WNOHANG, &usage) == child);
  say_status("child", status);
  R(waitpid(child, &status, 0));
  R(kill(child, 0));
  CHECK("wait4", "groups");
  pid_t a = CHILD({
    setpgid(0, 0);
    _exit(1);
  });
  NEED(setpgid(a, a) == 0 || errno == EACCES || errno == ESRCH ? 0 : -1);
  pid_t b = CHILD(_exit(2));
  T(waitpid(-a, &status, 0) == a);
  T(waitpid(0, &status, 0) == b);
  R(waitpid(0, &status, 0));
  CHECK("wait4", "unknown groups and options");
  R(waitpid(-99999, &status, 0));
  R(waitpid(-1, &status, 0x10000));
  CHECK("waitid", "options and kinds that are refused");
  R(waitid(P_ALL, 0, &info, 0));
  R(waitid(77, 0, &info, WEXITED));
  CHECK("wait4", "twenty children");
  for (int i = 0; i < 20; i++) CHILD(_exit(i));
  int sum = 0;
  while (wait(&status) > 0) sum += WEXITSTATUS(status);
  R(sum);
  CHECK("exit_group", "statuses beyond a byte");
  child = CHILD(exit(300));
  reap("300", child);
  child = CHILD(exit(-1));
  reap("-1", child);
  return 0;
}
