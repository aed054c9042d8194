// Stopped and continued children.
#include "case.h"

int main(void) {
  int status;
  siginfo_t info;
  struct gate go = new_gate();
  pid_t child = CHILD({
    raise(SIGSTOP);
    await(go);
    raise(SIGSTOP);
    _exit(8);
  });
  CHECK("wait4(WUNTRACED)", "a stop is told once");
  R(waitpid(child, &status, WUNTRACED) == child);
  say_status("first", status);
  R(waitpid(child, &status, WUNTRACED | WNOHANG));
  CHECK("waitid(WCONTINUED|WNOWAIT) wait4(WCONTINUED)", "a continued child");
  R(kill(child, SIGCONT));
  int result = 0;
  while ((result = waitid(P_PID, child, &info, WCONTINUED | WNOWAIT)) == -1 && errno == EINTR) {
  }
  say("code %d status SIG%s", info.si_code, sigabbrev_np(info.si_status));
  R(waitpid(child, &status, WCONTINUED) == child);
  say_status("second", status);
  CHECK("waitid(WSTOPPED)", "a second stop");
  tell(go);
  R(waitid(P_PID, child, &info, WSTOPPED));
  say("code %d status SIG%s", info.si_code, sigabbrev_np(info.si_status));
  CHECK("kill", "a stopped process is killed when it goes on");
  R(kill(child, SIGUSR1));
  sleep_ms(30);
  R(waitpid(child, &status, WNOHANG));
  R(kill(child, SIGCONT));
  reap("killed by the pending signal", child);
  CHECK("kill(SIGKILL)", "at once, stopped or not");
  child = CHILD(for (;;) pause());
  R(kill(child, SIGSTOP));
  R(waitpid(child, &status, WUNTRACED) == child);
  R(kill(child, SIGKILL));
  reap("killed while stopped", child);
  CHECK("kill(SIGTERM) kill(SIGCONT)", "a stopped process ends when it goes on");
  child = CHILD(for (;;) pause());
  R(kill(child, SIGSTOP));
  R(waitpid(child, &status, WUNTRACED) == child);
  say_status("third", status);
  R(kill(child, SIGTERM));
  R(kill(child, SIGCONT));
  reap("third", child);
  return 0;
}
