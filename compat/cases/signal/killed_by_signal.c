// The program itself ends by a signal: the status is 128 + its number.
#include "case.h"

int main(void) {
  CHECK("kill", "the program itself");
  say("before");
  kill(getpid(), SIGUSR2);
  say("not reached");
  return 0;
}
