// Scripts: the interpreter's argument, nesting, long lines, relative interpreters.
#include "case.h"

static void make(const char *path, const char *text) {
  put(path, text);
  NEED(chmod(path, 0755));
}
static void go(const char *label, const char *path) {
  CHECK("execve", label);
  pid_t child = CHILD({
    execl(path, "argv0", "one", "two words", NULL);
    say("failed: %s", errno_name(errno));
  });
  reap(label, child);
}
int main(int argc, char **argv) {
  if (argc > 1 && argv[1][0] == '@') {
    for (int i = 1; i < argc; i++) {
      const char *slash = strrchr(argv[i], '/');
      say("  argv[%d] %s", i, slash ? slash : argv[i]);
    }
    return 12;
  }
  char text[600];
  const char *cwd = given_cwd();
  sprintf(text, "#!%s @arg\nignored", self);
  make("plain", text);
  sprintf(text, "#! \t %s \t @arg with spaces  \t \nrest", self);
  make("spaces", text);
  sprintf(text, "#!%s/plain second\n", cwd);
  make("nested", text);
  make("relative", "#!./plain\n");
  sprintf(text, "#!%s @noeol", self);
  make("noeol", text);
  sprintf(text, "#!%s @", self);
  size_t length = strlen(text);
  memset(text + length, 'L', 400);
  text[length + 400] = 0;
  make("long", text);
  go("plain", "plain");
  go("through ./", "./plain");
  go("spaces", "spaces");
  go("nested", "nested");
  go("relative", "relative");
  go("no end of line", "noeol");
  for (int i = 0; i < 8; i++) {
    char name[16];
    sprintf(name, "deep%d", i);
    sprintf(text, "#!%s/%s%d\n", cwd, i ? "deep" : "plain", i - 1);
    if (i == 0) sprintf(text, "#!%s @deep\n", self);
    make(name, text);
  }
  go("four levels", "deep4");
  go("six levels", "deep6");
  make("loop", "#!./loop\n");
  go("loop", "loop");
  return 0;
}
