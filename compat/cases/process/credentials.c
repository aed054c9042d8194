// covers: setuid setgid setreuid setresuid setresgid setgroups getgroups setfsuid capget
// The rules by which identities change.
#include "case.h"

static void ids(const char *label) {
  uid_t r, e, s;
  gid_t gr, ge, gs;
  getresuid(&r, &e, &s);
  getresgid(&gr, &ge, &gs);
  say("%s: uid %d %d %d gid %d %d %d", label, r, e, s, gr, ge, gs);
}
static bool effective_caps(void) {
  struct {
    uint32_t version;
    int pid;
  } header = {0x20080522, 0};
  struct {
    uint32_t effective, permitted, inheritable;
  } data[2];
  NEED(syscall(SYS_capget, &header, data));
  return data[0].effective != 0;
}
int main(void) {
  struct {
    uint32_t version;
    int pid;
  } header = {1, 0};
  R(syscall(SYS_capget, &header, NULL));
  say("version %#x", header.version);
  header.version = 5;
  R(syscall(SYS_capget, &header, &header));
  if (geteuid() != 0) {
    R(setuid(0));
    R(setgroups(0, NULL));
    return 0;
  }
  gid_t groups[4] = {7, 8, 9};
  R(setgroups(3, groups));
  R(getgroups(0, NULL));
  R(getgroups(1, groups));
  R(getgroups(4, groups));
  R(setgroups(70000, groups));
  reap("setuid", CHILD({
         R(setgid(100));
         R(setuid(200));
         ids("user");
         R(effective_caps());
         R(setuid(0));
         R(setgid(0));
         R(setgroups(0, NULL));
         R(setuid(200));
       }));
  reap("effective", CHILD({
         R(setresgid(-1, 300, -1));
         R(seteuid(400));
         ids("effective");
         R(effective_caps());
         R(seteuid(500));
         R(seteuid(0));
         R(effective_caps());
         R(setresuid(1, 2, 3));
         ids("three");
         R(setresuid(-1, 3, -1));
         R(setresuid(-1, 9, -1));
         R(setreuid(-1, 1));
         ids("after");
         R(setreuid(2, 1));
         R(setuid(3));
         ids("end");
       }));
  reap("keepcaps", CHILD({
         R(prctl(PR_SET_KEEPCAPS, 1));
         R(setuid(600));
         R(effective_caps());
       }));
  NEED(chmod(".", 0777));
  NEED(chmod("..", 0755));
  reap("fsuid", CHILD({
         R(setfsuid(700));
         R(setfsuid(-1));
         ids("fsuid");
         put("owned", "");
         struct stat st;
         NEED(stat("owned", &st));
         R(st.st_uid);
       }));
  return 0;
}
