// tags: permissions
// The calls that read and set single ids.
#include "case.h"

static void ids(void) {
  uid_t r, e, s;
  gid_t gr, ge, gs;
  NEED(getresuid(&r, &e, &s));
  NEED(getresgid(&gr, &ge, &gs));
  say("  uid %d %d %d gid %d %d %d", r, e, s, gr, ge, gs);
}
int main(void) {
  uid_t r, e, s;
  gid_t gr, ge, gs;
  CHECK("getuid geteuid getresuid", "agree");
  R(getresuid(&r, &e, &s));
  T(getuid() == r && geteuid() == e);
  CHECK("getgid getegid getresgid", "agree on groups");
  R(getresgid(&gr, &ge, &gs));
  T(getgid() == gr && getegid() == ge);
  CHECK("getgroups", "sizes");
  R(getgroups(-1, NULL));
  T(getgroups(0, NULL) == getgroups(65536, calloc(65536, 4)));
  if (geteuid() != 0) {
    say("not root");
    return 0;
  }
  reap("root", CHILD({
         CHECK("setgid", "by root");
         R(setgid(100));
         R(setgid(-1));
         CHECK("setregid", "real, effective and saved");
         R(setregid(101, 102));
         R(setregid(-1, 103));
         R(setregid(104, -1));
         ids();
         CHECK("setresgid", "each by itself");
         R(setresgid(-1, -1, 105));
         R(setresgid(106, -1, -1));
         ids();
         CHECK("setfsgid", "the former one comes back");
         R(setfsgid(300));
         R(setfsgid(-1));
         put("f", "");
         struct stat st;
         NEED(stat("f", &st));
         R(st.st_gid);
         CHECK("setreuid", "real, effective and saved, by root");
         R(setreuid(201, 0));
         ids();
         CHECK("setuid", "a number that is none");
         R(setuid(-1));
         CHECK("setresuid", "each by itself, by root");
         R(setresuid(-1, 202, 203));
         ids();
         CHECK("setregid setresgid setgid", "a user takes what it has, nothing else");
         R(setgid(105));
         R(setregid(106, 105));
         R(setregid(7, -1));
         R(setresgid(105, 106, 7));
         R(setresgid(105, 106, 105));
         R(setgid(9));
         ids();
         CHECK("setreuid setresuid setuid", "a user takes what it has of users, nothing else");
         R(setreuid(203, 202));
         R(setreuid(9, -1));
         R(setresuid(203, 201, 202));
         R(setresuid(202, 203, 202));
         R(setuid(5));
         ids();
         CHECK("setfsuid setfsgid", "a user keeps what is not its own");
         R(setfsuid(0));
         R(setfsuid(-1));
         R(setfsgid(0) == setfsgid(-1));
       }));
  return 0;
}
