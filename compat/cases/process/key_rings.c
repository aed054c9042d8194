// covers: add_key request_key keyctl
// Keys, key rings, and who may do what with them.
#include <linux/keyctl.h>
#include "case.h"

typedef int32_t serial;
static long add(const char *type, const char *name, const char *text, serial ring) {
  return syscall(SYS_add_key, type, name, text, text ? strlen(text) : 0, ring);
}
static long request(const char *type, const char *name, const char *callout, serial ring) {
  return syscall(SYS_request_key, type, name, callout, ring);
}
#define keyctl(...) syscall(SYS_keyctl, __VA_ARGS__)

static void show(serial key) {
  char text[256] = "";
  long length = keyctl(KEYCTL_DESCRIBE, key, text, sizeof text);
  // Owners and permissions, not the numbers.
  if (length < 0)
    say("describe: %s", errno_name(errno));
  else
    say("%s (%ld)", text, length);
}

int main(void) {
  char text[64] = "";
  NEED(keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL));
  CHECK("add_key keyctl(KEYCTL_READ, KEYCTL_DESCRIBE)", "a key of a user");
  serial key = NEED(add("user", "case:one", "secret", KEY_SPEC_SESSION_KEYRING));
  T(key > 0);
  show(key);
  R(keyctl(KEYCTL_READ, key, text, sizeof text));
  say("%s", text);
  memset(text, '.', 8);
  R(keyctl(KEYCTL_READ, key, text, 3));
  T(text[0] == '.');
  T(add("user", "case:one", "another", KEY_SPEC_SESSION_KEYRING) == key);
  R(keyctl(KEYCTL_READ, key, text, sizeof text));

  CHECK("add_key", "what is refused");
  R(add("user", "case:none", NULL, KEY_SPEC_SESSION_KEYRING));
  R(add("user", "", "x", KEY_SPEC_SESSION_KEYRING));
  R(add("no such type", "case:x", "x", KEY_SPEC_SESSION_KEYRING));
  R(add(".type", "case:x", "x", KEY_SPEC_SESSION_KEYRING));
  R(add("logon", "no colon", "x", KEY_SPEC_SESSION_KEYRING));
  R(add("keyring", ".ring", NULL, KEY_SPEC_SESSION_KEYRING));
  R(add("keyring", "case:ring", "x", KEY_SPEC_SESSION_KEYRING));
  R(add("user", "case:x", "x", key));
  R(add("user", "case:x", "x", -99));
  R(add("user", "case:x", "x", 0x3ffffff1));

  CHECK("add_key keyctl(KEYCTL_READ)", "a logon key is not read");
  serial logon = NEED(add("logon", "case:logon", "x", KEY_SPEC_SESSION_KEYRING));
  show(logon);
  R(keyctl(KEYCTL_READ, logon, text, sizeof text));

  CHECK("keyctl(KEYCTL_LINK, KEYCTL_UNLINK, KEYCTL_SEARCH, KEYCTL_CLEAR)", "rings in rings");
  serial ring = NEED(add("keyring", "case:ring", NULL, KEY_SPEC_SESSION_KEYRING));
  serial inner = NEED(add("keyring", "case:inner", NULL, ring));
  serial deep = NEED(add("user", "case:deep", "deep", inner));
  show(ring);
  T(keyctl(KEYCTL_SEARCH, ring, "user", "case:deep", 0) == deep);
  T(keyctl(KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "case:deep", 0) == deep);
  R(keyctl(KEYCTL_SEARCH, ring, "user", "case:one", 0));
  R(keyctl(KEYCTL_LINK, ring, inner));
  R(keyctl(KEYCTL_LINK, key, deep));
  R(keyctl(KEYCTL_LINK, key, ring));
  R(keyctl(KEYCTL_READ, ring, text, sizeof text));
  R(keyctl(KEYCTL_UNLINK, key, ring));
  R(keyctl(KEYCTL_UNLINK, key, ring));
  R(keyctl(KEYCTL_CLEAR, inner));
  R(keyctl(KEYCTL_CLEAR, key));
  R(keyctl(KEYCTL_SEARCH, ring, "user", "case:deep", 0));

  CHECK("keyctl(KEYCTL_SETPERM, KEYCTL_REVOKE, KEYCTL_SET_TIMEOUT, KEYCTL_INVALIDATE)", "states");
  serial other = NEED(add("user", "case:two", "2", KEY_SPEC_SESSION_KEYRING));
  R(keyctl(KEYCTL_SETPERM, other, 0xffffffff));
  R(keyctl(KEYCTL_SETPERM, other, 0x20200000));
  R(keyctl(KEYCTL_DESCRIBE, other, text, sizeof text));
  R(keyctl(KEYCTL_UPDATE, other, "3", 1));
  R(keyctl(KEYCTL_REVOKE, other));
  R(keyctl(KEYCTL_READ, other, text, sizeof text));
  R(request("user", "case:two", NULL, 0));
  other = NEED(add("user", "case:three", "3", KEY_SPEC_SESSION_KEYRING));
  R(keyctl(KEYCTL_SET_TIMEOUT, other, 1));
  sleep_ms(1200);
  R(keyctl(KEYCTL_READ, other, text, sizeof text));
  R(keyctl(KEYCTL_INVALIDATE, key));
  T(keyctl(KEYCTL_READ, key, text, sizeof text) == -1);

  CHECK("request_key", "finds what a process has");
  key = NEED(add("user", "case:found", "f", KEY_SPEC_PROCESS_KEYRING));
  T(request("user", "case:found", NULL, 0) == key);
  T(request("user", "case:found", NULL, ring) == key);
  R(keyctl(KEYCTL_READ, ring, text, sizeof text));
  R(request("user", "case:nowhere", NULL, 0));
  R(request("no such type", "case:nowhere", NULL, 0));

  CHECK("add_key keyctl", "a child has the session, not the process's ring");
  reap("child", CHILD({
         R(request("user", "case:found", NULL, 0) == key);
         R(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 0));
         T(keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0) > 0);
         NEED(keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL));
         R(keyctl(KEYCTL_READ, KEY_SPEC_SESSION_KEYRING, text, sizeof text));
         R(keyctl(KEYCTL_READ, logon, text, sizeof text));
       }));

  CHECK("keyctl", "others have no rights");
  key = NEED(add("user", "case:mine", "m", KEY_SPEC_PROCESS_KEYRING));
  reap("child", CHILD({
         NEED(setgid(65534));
         NEED(setuid(65534));
         NEED(keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL));
         show(key);
         R(keyctl(KEYCTL_READ, key, text, sizeof text));
         R(keyctl(KEYCTL_CHOWN, key, 65534, -1));
       }));
  R(keyctl(KEYCTL_CHOWN, key, 7, 8));
  show(key);

  CHECK("keyctl", "requests that are none");
  R(keyctl(999, 0, 0, 0, 0));
  R(keyctl(KEYCTL_INSTANTIATE, key, "x", 1, 0));
  R(keyctl(KEYCTL_SET_REQKEY_KEYRING, 77));
  R(keyctl(KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_NO_CHANGE));
  R(keyctl(KEYCTL_GET_KEYRING_ID, 0, 0));
  return 0;
}
