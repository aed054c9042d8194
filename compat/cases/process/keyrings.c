// Keys: added, found, read and revoked in the process's own ring.
#include "case.h"

#include <linux/keyctl.h>
int main(void) {
  char text[16] = {0};
  CHECK("keyctl(KEYCTL_GET_KEYRING_ID)", "the ring of the process");
  T(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1) > 0);
  CHECK("add_key", "a key with a value, kinds and rings that are refused");
  long key = syscall(SYS_add_key, "user", "tvisor:case", "value", 5, KEY_SPEC_PROCESS_KEYRING);
  T(key > 0);
  R(syscall(SYS_add_key, "no such kind", "x", "value", 5, KEY_SPEC_PROCESS_KEYRING));
  R(syscall(SYS_add_key, "user", "x", "value", 5, 0x7fffff00));
  CHECK("keyctl(KEYCTL_READ)", "the value");
  R(syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof text));
  say("%s", text);
  CHECK("request_key", "found by its description, and not found");
  T(syscall(SYS_request_key, "user", "tvisor:case", NULL, 0) == key);
  T(syscall(SYS_request_key, "user", "tvisor:none", NULL, 0) == -1);
  CHECK("keyctl(KEYCTL_REVOKE|KEYCTL_UNLINK)", "gone");
  R(syscall(SYS_keyctl, KEYCTL_REVOKE, key));
  R(syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof text));
  R(syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_PROCESS_KEYRING));
  R(syscall(SYS_keyctl, 9999, 0));
  return 0;
}
