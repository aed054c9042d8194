// File handles: their size is asked for first.
#include "case.h"

int main(void) {
  struct {
    unsigned bytes;
    int type;
    unsigned char data[128];
  } handle = {0};
  int mount = -1;
  put("f", "x");
  CHECK("name_to_handle_at", "the size, then the handle");
  R(syscall(SYS_name_to_handle_at, AT_FDCWD, "f", &handle, &mount, 0));
  T(handle.bytes > 0 && handle.bytes <= 128);
  R(syscall(SYS_name_to_handle_at, AT_FDCWD, "f", &handle, &mount, 0));
  CHECK("name_to_handle_at", "flags, sizes and names that are refused");
  R(syscall(SYS_name_to_handle_at, AT_FDCWD, "f", &handle, &mount, 0x40000000));
  R(syscall(SYS_name_to_handle_at, AT_FDCWD, "missing", &handle, &mount, 0));
  R(syscall(SYS_name_to_handle_at, -1, "f", &handle, &mount, 0));
  R(syscall(SYS_name_to_handle_at, AT_FDCWD, "f", NULL, &mount, 0));
  handle.bytes = 5000;
  R(syscall(SYS_name_to_handle_at, AT_FDCWD, "f", &handle, &mount, 0));
  return 0;
}
