// Writes of up to PIPE_BUF bytes by several writers do not mix; larger ones all arrive.
#include "case.h"

#define WRITERS 4
#define ROUNDS 100
int main(void) {
  int p[2];
  NEED(pipe(p));
  CHECK("write", "PIPE_BUF bytes of several writers do not mix");
  for (int w = 0; w < WRITERS; w++)
    CHILD({
      close(p[0]);
      char block[PIPE_BUF];
      memset(block, 'a' + w, sizeof block);
      for (int i = 0; i < ROUNDS; i++)
        if (write(p[1], block, sizeof block) != sizeof block) _exit(1);
    });
  close(p[1]);
  int counts[WRITERS] = {0}, mixed = 0;
  char block[PIPE_BUF];
  for (;;) {
    size_t got = 0;
    ssize_t n;
    while (got < sizeof block && (n = read(p[0], block + got, sizeof block - got)) > 0) got += n;
    if (got == 0) break;
    for (size_t i = 1; i < got; i++) mixed += block[i] != block[0];
    counts[block[0] - 'a']++;
  }
  for (int w = 0; w < WRITERS; w++) say("writer %d: %d blocks", w, counts[w]);
  say("mixed: %d", mixed);
  int status;
  while (wait(&status) > 0) say_status("writer", status);
  CHECK("write", "a megabyte arrives");
  NEED(pipe(p));
  pid_t child = CHILD({
    close(p[0]);
    static char big[1 << 20];
    R(write(p[1], big, sizeof big));
  });
  close(p[1]);
  long total = 0;
  ssize_t n;
  while ((n = read(p[0], block, sizeof block)) > 0) total += n;
  reap("big writer", child);
  R(total);
  return 0;
}
