// tags: permissions
// capget and capset: versions, own sets, and what may be taken back.
#include "case.h"

#include <linux/capability.h>
static struct __user_cap_header_struct header;
static struct __user_cap_data_struct data[2];
static long set(int pid) {
  header = (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, pid};
  return syscall(SYS_capset, &header, data);
}
#define BIT(cap) (1U << (cap))
int main(void) {
  CHECK("capget", "own, by number, and none");
  R(syscall(SYS_capget, &(struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0}, data));
  uint32_t effective = data[0].effective;
  R(syscall(SYS_capget, &(struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, getpid()}, data));
  T(data[0].effective == effective);
  R(syscall(SYS_capget, &(struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 1 << 29}, data));
  R(syscall(SYS_capget, &(struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, -1}, data));
  CHECK("capget", "older versions");
  R(syscall(SYS_capget, &(struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_1, 0}, data));
  R(syscall(SYS_capget, &(struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_2, 0}, data));
  if (geteuid() != 0) {
    say("not root");
    return 0;
  }
  reap("root", CHILD({
         CHECK("capset", "the same sets again, others' sets");
         NEED(syscall(SYS_capget, &(struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0}, data));
         R(set(0));
         R(set(getpid()));
         R(set(getppid()));
         R(set(-1));
         header.version = 77;
         R(syscall(SYS_capset, &header, data));
         say("version %#x", header.version);
         CHECK("capset", "what is dropped has no effect any more");
         NEED(given_directory("d", 0777));
         NEED(given_mode("d", 0));
         data[0].effective &= ~(BIT(CAP_DAC_OVERRIDE) | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_CHOWN));
         R(set(0));
         put("f", "");
         R(chown("f", 5, 5));
         R(chown("f", -1, 7));
         NEED(given_owner("d", -1, -1));
         data[0].effective |= BIT(CAP_CHOWN);
         R(set(0));
         R(chown("f", 5, 5));
         CHECK("capset", "what is not permitted does not come back");
         data[0].effective &= ~BIT(CAP_CHOWN);
         data[0].permitted &= ~BIT(CAP_CHOWN);
         R(set(0));
         data[0].effective |= BIT(CAP_CHOWN);
         R(set(0));
         data[0].permitted |= BIT(CAP_CHOWN);
         R(set(0));
         CHECK("capset", "permitted is all that may be effective");
         NEED(syscall(SYS_capget, &(struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0}, data));
         data[0].permitted = 0;
         data[1].permitted = 0;
         R(set(0));
         data[0].effective = data[1].effective = 0;
         R(set(0));
         R(setuid(77));
       }));
  CHECK("prctl(PR_CAPBSET_READ|PR_CAPBSET_DROP)", "the bounding set");
  reap("bounds", CHILD({
         R(prctl(PR_CAPBSET_READ, CAP_CHOWN, 0, 0, 0));
         R(prctl(PR_CAPBSET_READ, 200, 0, 0, 0));
         R(prctl(PR_CAPBSET_DROP, CAP_CHOWN, 0, 0, 0));
         R(prctl(PR_CAPBSET_READ, CAP_CHOWN, 0, 0, 0));
       }));
  CHECK("prctl(PR_CAP_AMBIENT)", "needs permitted and inheritable");
  reap("ambient", CHILD({
         R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0));
         NEED(syscall(SYS_capget, &(struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0}, data));
         data[0].inheritable |= BIT(CAP_CHOWN);
         R(set(0));
         R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
         R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0));
         R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_CHOWN, 0, 0));
         R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
         R(prctl(PR_CAP_AMBIENT, 9, 0, 0, 0));
       }));
  CHECK("prctl(PR_GET_SECUREBITS|PR_SET_SECUREBITS)", "none, and one that is locked");
  reap("secure", CHILD({
         R(prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
         R(prctl(PR_SET_SECUREBITS, 1 << 20, 0, 0, 0));
       }));
  return 0;
}
