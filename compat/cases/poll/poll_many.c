// covers: poll select
// A thousand descriptors at once.
#include "case.h"

enum { COUNT = 1000 };
static int ends[COUNT][2];
static struct pollfd f[COUNT];

int main(void) {
  struct rlimit limit = {4096, 4096};
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  for (int i = 0; i < COUNT; i++) {
    NEED(pipe(ends[i]));
    f[i] = (struct pollfd){ends[i][0], POLLIN, 0};
  }
  CHECK("poll", "one of a thousand");
  R(poll(f, COUNT, 0));
  pid_t child = CHILD({
    sleep_ms(30);
    NEED(write(ends[777][1], "x", 1));
  });
  R(poll(f, COUNT, 5000));
  for (int i = 0; i < COUNT; i++)
    if (f[i].revents) say("%d: %#x", i, f[i].revents);
  NEED(waitpid(child, NULL, 0));
  CHECK("poll", "each in turn");
  int right = 0;
  for (int i = 0; i < COUNT; i += 37) {
    NEED(write(ends[i][1], "x", 1));
    int count = poll(f, COUNT, 0), seen = 0;
    for (int k = 0; k < COUNT; k++) seen += f[k].revents != 0;
    right += count == seen;
  }
  say("%d", right);
  CHECK("poll", "all together");
  for (int i = 0; i < COUNT; i++) NEED(write(ends[i][1], "x", 1));
  R(poll(f, COUNT, -1));
  for (int i = 0; i < COUNT; i++) close(ends[i][1]);
  int hung = 0;
  R(poll(f, COUNT, -1));
  for (int i = 0; i < COUNT; i++) hung += f[i].revents == (POLLIN | POLLHUP);
  say("%d", hung);
  for (int i = 0; i < COUNT; i++) close(ends[i][0]);
  R(poll(f, COUNT, -1));
  say("%#x", f[5].revents);
  return 0;
}
