// tags: cloexec
// O_CLOEXEC and FD_CLOEXEC decide what a new program inherits.
#include "case.h"

int main(int argc, char **argv) {
  if (argc > 1) {
    for (int i = 2; i < argc; i++) R(fcntl(atoi(argv[i]), F_GETFD));
    return 0;
  }
  put("f", "x");
  int a = NEED(open("f", O_RDONLY));
  int b = NEED(open("f", O_RDONLY | O_CLOEXEC));
  int c = NEED(open("f", O_RDONLY | O_CLOEXEC));
  int d = NEED(dup(b));
  CHECK("openat(O_CLOEXEC)", "marks the descriptor; duplicates are not marked");
  R(fcntl(a, F_GETFD));
  R(fcntl(b, F_GETFD));
  R(fcntl(d, F_GETFD));
  CHECK("fcntl(F_GETFD|F_SETFD)", "one flag");
  R(fcntl(c, F_SETFD, 0));
  R(fcntl(a, F_SETFD, FD_CLOEXEC | 8));
  R(fcntl(a, F_GETFD));
  CHECK("execve", "closes what is marked");
  char text[4][12];
  int all[] = {a, b, c, d};
  for (int i = 0; i < 4; i++) sprintf(text[i], "%d", all[i]);
  execl(self, self, "@child", text[0], text[1], text[2], text[3], NULL);
  return 1;
}
