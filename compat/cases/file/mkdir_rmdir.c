// Making and removing directories, and every reason not to.
#include "case.h"

int main(void) {
  put("file", "x");
  CHECK("mkdir", "makes one, and the reasons not to");
  R(mkdir("d", 0755));
  R(mkdir("d", 0755));
  R(mkdir("file", 0755));
  R(mkdir("file/x", 0755));
  R(mkdir("no/x", 0755));
  R(mkdir("trailing///", 0700));
  R(mkdir("", 0755));
  R(mkdir("/", 0755));
  R(mkdir(".", 0755));
  R(mkdir("d/..", 0755));
  NEED(given_symlink("target", "link"));
  R(mkdir("link", 0755));
  R(mkdir("d/x", 0755));
  CHECK("rmdir", "removes one, and the reasons not to");
  R(rmdir("d"));
  R(rmdir("d/x/."));
  R(rmdir("d/x/.."));
  R(rmdir("d/x/"));
  R(rmdir("d"));
  R(rmdir("d"));
  R(rmdir("file"));
  R(rmdir("file/"));
  R(rmdir("link"));
  R(rmdir("."));
  R(rmdir(""));
  R(rmdir("/"));
  CHECK("rmdir", "the working directory");
  NEED(given_directory("cwd", 0755));
  NEED(chdir("cwd"));
  R(rmdir("../cwd"));
  CHECK("getcwd", "the working directory is gone");
  char path[64];
  R(getcwd(path, sizeof path) == NULL);
  R(errno == ENOENT);
  CHECK("mkdir", "mkdir: in a directory that is gone");
  R(mkdir("x", 0755));
  CHECK("openat(O_CREAT)", "openat: in a directory that is gone");
  R(open("x", O_CREAT | O_WRONLY, 0644));
  CHECK("chdir", "out of a directory that is gone");
  R(chdir(".."));
  return 0;
}
