// Landlock: a process takes rights from itself.
#include "case.h"

int main(void) {
  struct {
    uint64_t access;
  } rules = {1 << 2};
  CHECK("landlock_create_ruleset", "the version, sizes and flags");
  T(syscall(444, NULL, 0, 1) >= 1);
  R(syscall(444, &rules, 3, 0));
  R(syscall(444, &rules, sizeof rules, 99));
  CHECK("landlock_add_rule", "what is no set of rules");
  R(syscall(445, -1, 1, &rules, 0));
  CHECK("landlock_restrict_self", "needs no_new_privs, takes the right away");
  reap("child", CHILD({
         put("f", "x");
         int set = OK(syscall(444, &rules, sizeof rules, 0));
         NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
         R(syscall(446, set, 0));
         R(open("f", O_RDONLY) >= 0 ? 0 : -1);
       }));
  R(syscall(446, -1, 99));
  return 0;
}
