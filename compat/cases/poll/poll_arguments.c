// covers: poll ppoll
// Arguments of poll(2): counts, descriptors that are none, what is written back.
#include "case.h"

int main(void) {
  int p[2];
  NEED(pipe(p));
  NEED(write(p[1], "x", 1));
  CHECK("poll", "negative descriptors are left out, closed ones are POLLNVAL");
  struct pollfd f[6] = {{p[0], POLLIN, 99}, {-1, POLLIN, 99},    {500, POLLIN, 99},
                        {-500, 0, 99},      {p[0], POLLOUT, 99}, {p[1], POLLOUT, 99}};
  R(poll(f, 6, -1));
  for (int i = 0; i < 6; i++) say("%d: events %#x revents %#x", i, f[i].events, f[i].revents);
  CHECK("poll", "one descriptor many times");
  struct pollfd same[4] = {
      {p[0], POLLIN, 0}, {p[0], POLLIN | POLLRDNORM, 0}, {p[0], POLLRDNORM, 0}, {p[0], 0, 0}};
  R(poll(same, 4, 0));
  for (int i = 0; i < 4; i++) say("%#x", same[i].revents);
  CHECK("poll", "no descriptors");
  R(poll(NULL, 0, 0));
  R(poll((void *)8, 0, 0));
  long long start = now_ms();
  R(poll(NULL, 0, 30));
  T(now_ms() - start >= 30);
  CHECK("poll", "counts beyond the limit of open files");
  struct rlimit limit = {100, 1000};
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  static struct pollfd many[1000];
  for (int i = 0; i < 1000; i++) many[i].fd = -1;
  R(poll(many, 100, 0));
  R(poll(many, 101, 0));
  R(poll(many, (nfds_t)-1, 0));
  limit.rlim_cur = 1000;
  NEED(setrlimit(RLIMIT_NOFILE, &limit));
  R(poll(many, 1000, 0));
  many[999] = (struct pollfd){p[0], POLLIN, 0};
  R(poll(many, 1000, 0));
  CHECK("poll", "bad addresses");
  R(poll((void *)8, 1, 0));
  char *edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(edge + 4096, 4096);
  struct pollfd *last = (struct pollfd *)(edge + 4096) - 1;
  *last = f[0];
  R(poll(last, 1, 0));
  R(poll(last, 2, 0));
  R(poll((void *)((char *)last + 4), 1, 0));
  struct pollfd *fixed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *fixed = f[0];
  NEED(mprotect(fixed, 4096, PROT_READ));
  R(poll(fixed, 1, 0));
  CHECK("poll", "events that no descriptor has");
  struct pollfd odd = {p[0], (short)0x8000, 0};
  R(poll(&odd, 1, 0));
  say("%#x", (unsigned short)odd.revents);
  return 0;
}
