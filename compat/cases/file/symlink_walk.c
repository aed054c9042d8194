// Following links: chains, loops, trailing slashes, dot-dot after a link.
#include "case.h"

int main(void) {
  char text[64];
  NEED(given_directory("dir", 0755));
  NEED(given_directory("dir/sub", 0755));
  put("dir/file", "inside");
  put("file", "outside");
  CHECK("symlink", "targets are not looked at, names must be free");
  R(symlink("dir/sub", "tosub"));
  R(symlink("loop2", "loop1"));
  R(symlink("loop1", "loop2"));
  R(symlink("self", "self"));
  R(symlink("", "empty"));
  R(symlink("x", "tosub"));
  R(symlink("x", "no/x"));
  CHECK("openat", "loops");
  R(open("loop1", O_RDONLY));
  R(open("self/x", O_RDONLY));
  R(open("self", O_WRONLY | O_CREAT, 0644));
  CHECK("openat", "dot-dot after a link goes from where it led");
  say("tosub/../file: %s", get("tosub/../file"));
  CHECK("newfstatat", "trailing slashes and dots");
  struct stat st;
  R(lstat("tosub", &st));
  R(st.st_size);
  R(lstat("tosub/", &st));
  T(S_ISDIR(st.st_mode));
  R(stat("file/", &st));
  R(stat("file/.", &st));
  R(stat("file/..", &st));
  R(stat("dir//sub///", &st));
  R(stat("dir/./sub/../file", &st));
  CHECK("readlink", "long and short buffers, what is no link");
  memset(text, 0, sizeof text);
  R(readlink("tosub", text, sizeof text));
  say("%s", text);
  R(readlink("tosub", text, 3));
  R(readlink("tosub", text, 0));
  R(readlink("file", text, sizeof text));
  R(readlink("missing", text, sizeof text));
  R(readlink("tosub/", text, sizeof text));
  CHECK("newfstatat", "chains of 40 and 41 links");
  NEED(given_symlink("file", "chain0"));
  for (int i = 1; i <= 41; i++) {
    char from[16], to[16];
    sprintf(from, "chain%d", i - 1);
    sprintf(to, "chain%d", i);
    NEED(given_symlink(from, to));
  }
  R(stat("chain39", &st));
  R(stat("chain40", &st));
  R(lstat("chain41", &st));
  return 0;
}
