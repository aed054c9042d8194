// tags: permissions
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
  CHECK("capget", "versions");
  R(syscall(SYS_capget, &header, NULL));
  say("version %#x", header.version);
  header.version = 5;
  R(syscall(SYS_capget, &header, &header));
  if (geteuid() != 0) {
    CHECK("setuid setgroups", "without privileges");
    R(setuid(0));
    R(setgroups(0, NULL));
    return 0;
  }
  CHECK("setgroups getgroups", "sizes");
  gid_t groups[4] = {7, 8, 9};
  R(setgroups(3, groups));
  R(getgroups(0, NULL));
  R(getgroups(1, groups));
  R(getgroups(4, groups));
  R(setgroups(70000, groups));
  CHECK("setgid setuid", "by root: all three ids");
  reap("setuid", CHILD({
         R(setgid(100));
         R(setuid(200));
         ids("user");
         R(effective_caps());
         CHECK("setuid setgid setgroups", "no way back");
         R(setuid(0));
         R(setgid(0));
         R(setgroups(0, NULL));
         R(setuid(200));
       }));
  CHECK("setresgid setresuid", "effective ids change and come back");
  reap("effective", CHILD({
         R(setresgid(-1, 300, -1));
         R(seteuid(400));
         ids("effective");
         R(effective_caps());
         R(seteuid(500));
         R(seteuid(0));
         R(effective_caps());
         CHECK("setresuid", "three ids, and what a user may take of them");
         R(setresuid(1, 2, 3));
         ids("three");
         R(setresuid(-1, 3, -1));
         R(setresuid(-1, 9, -1));
         CHECK("setreuid", "saved ids follow");
         R(setreuid(-1, 1));
         ids("after");
         R(setreuid(2, 1));
         R(setuid(3));
         ids("end");
       }));
  CHECK("prctl(PR_SET_KEEPCAPS)", "capabilities stay");
  reap("keepcaps", CHILD({
         R(prctl(PR_SET_KEEPCAPS, 1));
         R(setuid(600));
         R(effective_caps());
       }));
  NEED(given_mode(".", 0777));
  NEED(given_mode("..", 0755));
  CHECK("setfsuid", "the owner of new files");
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
