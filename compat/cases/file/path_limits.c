// covers: open mkdir stat chdir
// Names of 255 and 256 bytes, paths of 4095 and 4096.
#include "case.h"

int main(void) {
  char name[300];
  memset(name, 'n', sizeof name);
  name[255] = 0;
  R(mkdir(name, 0755));
  R(access(name, F_OK));
  name[255] = 'n';
  name[256] = 0;
  R(mkdir(name, 0755));
  R(access(name, F_OK));
  R(open(name, O_RDONLY));
  R(symlink("x", name));
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
  R(open(path, O_RDONLY));
  R(mkdir(path, 0755));
  R(symlink(path, "long"));
  path[4094] = 0;
  R(symlink(path, "long"));
  static char back[5000];
  R(readlink("long", back, sizeof back));
  R(access("long", F_OK));
  name[200] = 0;
  for (int i = 0; i < 25; i++) {
    NEED(mkdir(name, 0755));
    NEED(chdir(name));
  }
  static char cwd[8192];
  R(getcwd(cwd, 100) == NULL);
  R(syscall(SYS_getcwd, cwd, sizeof cwd));
  put("deep", "reached");
  say("%s", get("deep"));
  for (int i = 0; i < 25; i++) {
    NEED(unlink("deep") && errno != ENOENT);
    NEED(chdir(".."));
    NEED(rmdir(name));
  }
  return 0;
}
