// stdin: first line\nsecond line\n
// args: one two
// Standard input, arguments and standard error arrive.
#include "case.h"

int main(int argc, char **argv) {
  CHECK("execve", "arguments arrive");
  for (int i = 1; i < argc; i++) say("argument %s", argv[i]);
  CHECK("read", "standard input to its end");
  char line[64];
  while (fgets(line, sizeof line, stdin)) say("line %.*s", (int)strcspn(line, "\n"), line);
  T(feof(stdin));
  R(read(0, line, 1));
  fprintf(stderr, "to standard error\n");
  CHECK("ioctl(TCGETS)", "no terminals");
  R(isatty(0) + isatty(1) + isatty(2));
  CHECK("fcntl(F_GETFL|F_GETFD)", "the descriptors of a start");
  R(fcntl(0, F_GETFL) & O_ACCMODE);
  T(fcntl(3, F_GETFD) == -1);
  CHECK("lseek", "standard input is a pipe");
  R(lseek(0, 0, SEEK_CUR));
  return 42;
}
