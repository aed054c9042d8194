// tags: locks
// flock belongs to the open file: shared by dup and fork, in conflict between opens.
#include "case.h"

int main(void) {
  put("f", "x");
  int a = NEED(open("f", O_RDWR));
  int b = NEED(open("f", O_RDONLY));
  int c = NEED(dup(a));
  CHECK("flock(LOCK_EX|LOCK_SH|LOCK_NB)", "opens are in conflict, duplicates and children are not");
  R(flock(a, LOCK_EX));
  R(flock(b, LOCK_EX | LOCK_NB));
  R(flock(b, LOCK_SH | LOCK_NB));
  R(flock(c, LOCK_EX | LOCK_NB));
  reap("child", CHILD({
         R(flock(a, LOCK_EX | LOCK_NB));
         int own = NEED(open("f", O_RDONLY));
         R(flock(own, LOCK_SH | LOCK_NB));
       }));
  CHECK("flock(LOCK_SH|LOCK_UN)", "converting and letting go");
  R(flock(a, LOCK_SH));
  R(flock(b, LOCK_SH | LOCK_NB));
  R(flock(a, LOCK_EX | LOCK_NB));
  R(flock(c, LOCK_UN));
  R(flock(b, LOCK_EX | LOCK_NB));
  R(flock(b, LOCK_UN));
  CHECK("flock(LOCK_EX)", "waits until the last duplicate is closed");
  R(flock(a, LOCK_EX));
  struct gate ready = new_gate();
  pid_t child = CHILD({
    close(a);
    close(c);
    int own = NEED(open("f", O_RDONLY));
    tell(ready);
    R(flock(own, LOCK_EX));
    say("child has it");
  });
  await(ready);
  sleep_ms(60);
  close(a);
  sleep_ms(60);
  say("parent lets go of the duplicate too");
  close(c);
  reap("child", child);
  CHECK("flock", "what it refuses");
  R(flock(b, LOCK_EX | LOCK_NB));
  R(flock(-1, LOCK_EX));
  R(flock(b, 99));
  R(flock(b, LOCK_NB));
  int path = NEED(open("f", O_PATH));
  R(flock(path, LOCK_SH));
  return 0;
}
