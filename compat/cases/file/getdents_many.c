// tags: races
// A directory of 1500 names: each is listed exactly once, also while the listed ones are removed.
#include "case.h"

#define COUNT 1500
static bool seen[COUNT];
int main(void) {
  NEED(given_directory("d", 0755));
  NEED(chdir("d"));
  char name[32];
  for (int i = 0; i < COUNT; i++) {
    sprintf(name, "file-%d", i);
    put(name, "");
  }
  for (int round = 0; round < 2; round++) {
    CHECK("getdents64", round ? "each name once while they are removed" : "each name once");
    memset(seen, 0, sizeof seen);
    int found = 0, twice = 0, other = 0, number;
    DIR *dir = opendir(".");
    struct dirent *entry;
    while ((entry = readdir(dir))) {
      if (sscanf(entry->d_name, "file-%d", &number) != 1) {
        other++;
        continue;
      }
      found++;
      if (seen[number]) twice++;
      seen[number] = true;
      if (round == 1) NEED(unlink(entry->d_name));
    }
    closedir(dir);
    say("round %d: %d found, %d twice, %d other", round, found, twice, other);
  }
  CHECK("rmdir", "nothing is left");
  R(chdir(".."));
  R(rmdir("d"));
  return 0;
}
