// tags: limits
// Names of 255 and 256 bytes, paths of 4095 and 4096.
#include "case.h"

int main(void) {
  char name[300];
  memset(name, 'n', sizeof name);
  name[255] = 0;
  CHECK("mkdir", "a name of 255 bytes, and of 256");
  R(mkdir(name, 0755));
  R(access(name, F_OK));
  name[255] = 'n';
  name[256] = 0;
  R(mkdir(name, 0755));
  R(access(name, F_OK));
  CHECK("openat", "openat: a name of 256 bytes");
  R(open(name, O_RDONLY));
  CHECK("symlink", "symlink: a name of 256 bytes");
  R(symlink("x", name));
  CHECK("access", "a path of 4095 bytes, and of 4096");
  static char path[5000];
  memset(path, 0, sizeof path);
  for (int i = 0; i < 4095; i += 2) memcpy(path + i, "./", 2);
  path[4094] = '.';
  path[4095] = 0;
  R(strlen(path));
  R(access(path, F_OK));
  memcpy(path + 4094, "./", 3);
  R(strlen(path));
  R(access(path, F_OK));
  CHECK("openat", "openat: a path of 4096 bytes");
  R(open(path, O_RDONLY));
  CHECK("mkdir", "mkdir: a path of 4096 bytes");
  R(mkdir(path, 0755));
  CHECK("symlink readlink", "a target of 4095 bytes, and of 4094");
  R(symlink(path, "long"));
  path[4094] = 0;
  R(symlink(path, "long"));
  static char back[5000];
  R(readlink("long", back, sizeof back));
  CHECK("access", "through a link with a long target");
  R(access("long", F_OK));
  CHECK("chdir", "a directory deeper than any path");
  name[200] = 0;
  int levels = 0;
  while (levels < 25 && mkdir(name, 0755) == 0 && chdir(name) == 0) levels++;
  R(levels);
  static char cwd[8192];
  CHECK("getcwd", "a path longer than 4096");
  R(getcwd(cwd, 100) == NULL);
  R(syscall(SYS_getcwd, cwd, sizeof cwd));
  CHECK("openat", "a relative name at a depth that has no path");
  put("deep", "reached");
  say("%s", get("deep"));
  for (int i = 0; i < 25; i++) {
    NEED(unlink("deep") && errno != ENOENT);
    NEED(chdir(".."));
    NEED(rmdir(name));
  }
  return 0;
}
