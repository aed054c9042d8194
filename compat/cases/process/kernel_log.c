// Who may read the kernel's log, and what is no request.
#include "case.h"

#include <sys/klog.h>

int main(void) {
  char buf[16];
  CHECK("syslog", "requests that are none");
  R(klogctl(100, buf, sizeof buf));
  R(klogctl(3, NULL, 10));
  R(klogctl(3, buf, -1));
  R(klogctl(3, buf, 0));
  R(klogctl(8, NULL, 0));
  R(klogctl(8, NULL, 9));
  R(klogctl(1, NULL, 0));
  T(klogctl(10, NULL, 0) > 0);
  CHECK("vhangup", "does nothing without a terminal");
  reap("child", CHILD({
         setsid();
         R(vhangup());
       }));
  CHECK("syslog vhangup", "are for the privileged");
  reap("child", CHILD({
         NEED(setuid(65534));
         R(klogctl(5, NULL, 0));
         R(klogctl(8, NULL, 7));
         R(vhangup());
       }));
  return 0;
}
