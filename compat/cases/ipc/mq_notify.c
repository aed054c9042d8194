// mq_notify: who is told, once, and when not.
#include "case.h"

#include <mqueue.h>
#define NAME "/compat.mq_notify"
static volatile int count;
static int sender;
static void handler(int signal, siginfo_t *info, void *context) {
  count++;
  say("  signal %d code %d value %d, pid %s uid %d", info->si_signo == SIGUSR1, info->si_code,
      info->si_value.sival_int, info->si_pid == sender ? "of the sender" : "?", info->si_uid);
}
int main(void) {
  mq_unlink(NAME);
  mqd_t q = mq_open(NAME, O_CREAT | O_RDWR | O_NONBLOCK, 0600, NULL);
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  NEED(sigaction(SIGUSR1, &action, NULL));
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
  char text[8192];
  CHECK("mq_notify(SIGEV_SIGNAL)", "the first message in an empty queue, once");
  sender = getpid();
  R(mq_notify(q, &event));
  R(mq_notify(q, &event));
  R(mq_send(q, "x", 1, 0));
  R(count);
  R(mq_send(q, "x", 1, 0));
  R(count);
  R(mq_notify(q, &event));
  R(mq_send(q, "x", 1, 0));
  R(count);
  while (mq_receive(q, text, sizeof text, NULL) >= 0) {
  }
  struct gate known = new_gate();
  sender = CHILD(await(known); mq_send(q, "x", 1, 0));
  tell(known);
  waitpid(sender, NULL, 0);
  R(count);
  NEED(mq_receive(q, text, sizeof text, NULL));
  CHECK("mq_notify", "taken back");
  R(mq_notify(q, NULL));
  R(mq_notify(q, &event));
  R(mq_notify(q, NULL));
  NEED(mq_send(q, "x", 1, 0));
  R(count);
  NEED(mq_receive(q, text, sizeof text, NULL));
  CHECK("mq_notify", "a receiver that waits comes first");
  R(mq_notify(q, &event));
  pid_t child = CHILD({
    mqd_t own = mq_open(NAME, O_RDONLY);
    R(mq_receive(own, text, sizeof text, NULL));
  });
  sleep_ms(40);
  NEED(mq_send(q, "x", 1, 0));
  reap("child", child);
  R(count);
  CHECK("mq_notify", "other processes");
  reap("child", CHILD({
         R(mq_notify(q, &event));
         R(mq_notify(q, NULL));
       }));
  R(mq_notify(q, NULL));
  child = CHILD({
    R(mq_notify(q, &event));
    mqd_t other = mq_open(NAME, O_RDONLY);
    mq_close(other);
  });
  reap("child", child);
  R(mq_notify(q, &event));
  CHECK("close mq_notify", "closing any descriptor of it takes it back");
  mq_close(mq_open(NAME, O_RDONLY));
  R(mq_notify(q, &event));
  CHECK("mq_notify read", "who is registered");
  memset(text, 0, 100);
  R(read(q, text, 50));
  say("%.50s", text);
  R(mq_notify(q, NULL));
  CHECK("mq_notify(SIGEV_NONE)", "nothing is sent, but the place is taken");
  event.sigev_notify = SIGEV_NONE;
  R(mq_notify(q, &event));
  R(mq_notify(q, &event));
  NEED(mq_send(q, "x", 1, 0));
  R(mq_notify(q, &event));
  CHECK("mq_notify", "what is refused");
  event.sigev_notify = 77;
  R(mq_notify(q, &event));
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = 65;
  R(mq_notify(q, &event));
  event.sigev_signo = -1;
  R(mq_notify(q, &event));
  event.sigev_signo = SIGUSR1;
  R(mq_notify(1, &event));
  R(mq_notify(-1, NULL));
  BAD_POINTERS("mq_notify", 4, syscall(SYS_mq_notify, q, bad));
  mq_unlink(NAME);
  return 0;
}
