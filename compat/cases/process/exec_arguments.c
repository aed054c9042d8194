// Arguments and environment arrive as given; a missing argv gets one empty string.
#include "case.h"

extern char **environ;
int main(int argc, char **argv) {
  if (argc == 0 || argv[0] == NULL || argv[0][0] == 0 || (argc > 1 && argv[1][0] == '@')) {
    say("argc %d", argc);
    for (int i = 0; i < argc; i++) say("argv[%d] %zu bytes: '%.40s'", i, strlen(argv[i]), argv[i]);
    for (char **e = environ; *e; e++) say("env %zu bytes: '%.40s'", strlen(*e), *e);
    T(argv[argc] == NULL);
    return 0;
  }
  static char big[131072];
  memset(big, 'b', sizeof big - 1);
  char *empty_env[] = {NULL};
  CHECK("execve", "odd strings");
  reap("odd strings", CHILD({
         char *args[] = {"name with space", "@", "", "\xff\xfe", "tab\there", NULL};
         char *env[] = {"A=1", "no equals", "A=2", "=x", "", NULL};
         execve(self, args, env);
       }));
  CHECK("execve", "one long argument");
  reap("one long", CHILD({
         char *args[] = {"x", "@", big + 1, NULL};
         execve(self, args, empty_env);
         say("%s", errno_name(errno));
       }));
  CHECK("execve", "one argument too long");
  reap("too long", CHILD({
         big[sizeof big - 1] = 'b';
         char *longer = malloc(sizeof big + 1);
         memset(longer, 'b', sizeof big);
         longer[sizeof big] = 0;
         char *args[] = {"x", "@", longer, NULL};
         execve(self, args, empty_env);
         say("%s", errno_name(errno));
       }));
  CHECK("execve", "too many bytes in all");
  reap("too many", CHILD({
         big[sizeof big - 1] = 0;
         char *args[60] = {"x", "@"};
         for (int i = 2; i < 59; i++) args[i] = big + 1;
         execve(self, args, empty_env);
         say("%s", errno_name(errno));
       }));
  CHECK("execve", "no arguments");
  reap("no argv", CHILD(execve(self, empty_env, empty_env)));
  CHECK("execve", "no environment");
  reap("null envp", CHILD({
         char *args[] = {"x", "@", NULL};
         execve(self, args, NULL);
       }));
  CHECK("execve", "bad pointers");
  reap("bad argv", CHILD(R(execve(self, (char **)8, empty_env))));
  reap("bad pointer in argv", CHILD({
         char *args[] = {"x", (char *)8, NULL};
         R(execve(self, args, empty_env));
       }));
  return 0;
}
