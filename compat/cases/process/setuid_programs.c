// tags: permissions
// Set-user-id programs change the effective identity, unless no_new_privs is set.
#include "case.h"

static void ids(const char *label) {
  uid_t r, e, s;
  gid_t gr, ge, gs;
  getresuid(&r, &e, &s);
  getresgid(&gr, &ge, &gs);
  say("%s: uid %d %d %d gid %d %d %d", label, r, e, s, gr, ge, gs);
}
int main(int argc, char **argv) {
  if (argc > 1) {
    ids(argv[1]);
    return 0;
  }
  if (geteuid() != 0) {
    say("not root");
    return 0;
  }
  int from = NEED(open(self, O_RDONLY)), to = NEED(open("prog", O_WRONLY | O_CREAT, 0755));
  char buffer[65536];
  ssize_t got;
  while ((got = read(from, buffer, sizeof buffer)) > 0) NEED(write(to, buffer, got));
  close(to);
  NEED(given_mode(".", 0755));
  NEED(given_mode("..", 0755));
  NEED(given_owner("prog", 1500, 1600));
  struct {
    mode_t mode;
    const char *name;
  } all[] = {{0755, "@plain"},
             {04755, "@setuid"},
             {02755, "@setgid"},
             {06755, "@both"},
             {02745, "@setgid without x"}};
  for (int i = 0; i < 5; i++) {
    NEED(given_mode("prog", all[i].mode));
    char title[64];
    sprintf(title, "a program with mode %o", all[i].mode);
    CHECK("execve(S_ISUID|S_ISGID)", title);
    reap(all[i].name, CHILD({
           NEED(setgid(50));
           NEED(setuid(40));
           execl("./prog", "prog", all[i].name, NULL);
           say("%s", errno_name(errno));
         }));
  }
  CHECK("execve(S_ISUID|S_ISGID) prctl(PR_SET_NO_NEW_PRIVS)", "stays who it was");
  NEED(given_mode("prog", 06755));
  reap("no_new_privs", CHILD({
         NEED(setgid(50));
         NEED(setuid(40));
         NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
         execl("./prog", "prog", "@quiet", NULL);
       }));
  CHECK("execve", "not allowed by its mode");
  NEED(given_owner("prog", 0, 0));
  NEED(given_mode("prog", 0700));
  reap("not allowed", CHILD({
         NEED(setuid(40));
         R(execl("./prog", "prog", "@no", NULL));
       }));
  return 0;
}
