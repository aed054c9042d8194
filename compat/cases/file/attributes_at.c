// tags: xattr
// The newest calls about extended attributes and file flags, by directory descriptor.
#include "case.h"

int main(void) {
  put("f", "x");
  char text[16] = {0};
  struct {
    uint64_t value;
    uint32_t size, flags;
  } args = {(uintptr_t) "abc", 3, 0}, out = {(uintptr_t)text, sizeof text, 0};
  CHECK("setxattrat", "a value, sizes of its struct");
  R(syscall(463, AT_FDCWD, "f", 0, "user.at", &args, sizeof args));
  R(syscall(463, AT_FDCWD, "f", 0, "user.at", &args, 8));
  R(syscall(463, AT_FDCWD, "f", 0x40000000, "user.at", &args, sizeof args));
  CHECK("getxattrat", "the value");
  R(syscall(464, AT_FDCWD, "f", 0, "user.at", &out, sizeof out));
  say("%s", text);
  CHECK("listxattrat", "names");
  R(syscall(465, AT_FDCWD, "f", 0, NULL, 0));
  R(syscall(465, -1, "f", 0, NULL, 0));
  CHECK("removexattrat", "once");
  R(syscall(466, AT_FDCWD, "f", 0, "user.at"));
  R(syscall(466, AT_FDCWD, "f", 0, "user.at"));
  CHECK("file_getattr", "sizes of its struct");
  R(syscall(468, AT_FDCWD, "f", text, 4, 0));
  CHECK("file_setattr", "sizes of its struct, setting");
  R(syscall(469, AT_FDCWD, "f", text, 4, 0));
  return 0;
}
