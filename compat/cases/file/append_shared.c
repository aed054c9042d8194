// tags: races
// Several processes append to one file; nothing is lost.
#include "case.h"

#define LINES 200
int main(void) {
  CHECK("write openat(O_APPEND)", "several processes append and nothing is lost");
  close(NEED(open("log", O_CREAT | O_WRONLY, 0644)));
  for (int w = 0; w < 4; w++)
    CHILD({
      int fd = NEED(open("log", O_WRONLY | O_APPEND));
      char line[16];
      for (int i = 0; i < LINES; i++) NEED(write(fd, line, sprintf(line, "w%d %03d\n", w, i)));
    });
  while (wait(NULL) > 0) {
  }
  int next[4] = {0}, lines = 0, wrong = 0, w, number;
  FILE *file = fopen("log", "r");
  char line[64];
  while (fgets(line, sizeof line, file)) {
    lines++;
    if (sscanf(line, "w%d %d", &w, &number) != 2 || strlen(line) != 7 || number != next[w]++) wrong++;
  }
  say("%d lines, %d wrong", lines, wrong);
  CHECK("write clone", "processes share one offset");
  int shared = NEED(open("shared", O_CREAT | O_WRONLY, 0644));
  for (w = 0; w < 4; w++)
    CHILD({
      for (int i = 0; i < LINES; i++) NEED(write(shared, "12345678", 8));
    });
  while (wait(NULL) > 0) {
  }
  R(lseek(shared, 0, SEEK_CUR));
  struct stat st;
  NEED(stat("shared", &st));
  R(st.st_size);
  return 0;
}
