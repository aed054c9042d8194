// Calls that look into the kernel: refused to users, whatever is asked.
#include "case.h"

int main(void) {
  char attributes[128] = {0};
  NEED(given_mode("..", 0755));
  reap("user", CHILD({
         if (geteuid() == 0) {
           NEED(setgid(45678));
           NEED(setuid(45678));
         }
         CHECK("perf_event_open", "processor events of all processes");
         T(syscall(SYS_perf_event_open, attributes, -1, 0, -1, 0) == -1);
         CHECK("bpf", "an unknown command");
         T(syscall(SYS_bpf, 9999, attributes, sizeof attributes) == -1);
         CHECK("modify_ldt", "reads nothing at first");
         R(syscall(SYS_modify_ldt, 0, attributes, 16));
         CHECK("lsm_list_modules", "flags");
         R(syscall(461, attributes, attributes + 64, 1));
         CHECK("lsm_get_self_attr", "attributes that are none");
         R(syscall(459, 9999, attributes, attributes + 64, 0) == -1);
         CHECK("lsm_set_self_attr", "attributes that are none to set");
         R(syscall(460, 9999, attributes, 0, 0) == -1);
       }));
  return 0;
}
