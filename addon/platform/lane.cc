// The fast lane seen from the sentry (addon/guest/lane.c): memory shared with guests, and the call sites that lead to it.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <unistd.h>

#include <cstddef>

#include "ctl.h"

namespace tvisor {

namespace {

void Unmap(napi_env, void *data, void *size) {
  munmap(data, reinterpret_cast<size_t>(size));
}

// A memfd of fixed size, mapped here. A read-only one can be mapped writable by nobody else from then on.
napi_value LaneMemory(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  auto size = static_cast<size_t>(Int(env, a[0]));
  bool read_only = false;
  napi_get_value_bool(env, a[1], &read_only);
  int fd = memfd_create("tvisor-lane", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) return MakeInt(env, -errno);
  void *data = MAP_FAILED;
  if (ftruncate(fd, static_cast<off_t>(size)) == 0)
    data = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL | (read_only ? F_SEAL_FUTURE_WRITE : 0);
  if (data == MAP_FAILED || fcntl(fd, F_ADD_SEALS, seals) < 0) {
    const int err = errno;
    if (data != MAP_FAILED) munmap(data, size);
    close(fd);
    return MakeInt(env, -err);
  }
  napi_value result, buffer;
  napi_create_external_arraybuffer(env, data, size, Unmap, reinterpret_cast<void *>(size), &buffer);
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "hostFd", MakeInt(env, fd));
  napi_set_named_property(env, result, "buffer", buffer);
  return result;
}

// Whether text at `addr` is the process's own and nothing that it writes itself: a change of a shared mapping would be one of
// the file, and of others' text.
bool IsPrivateText(int pid, uint64_t addr) {
  char line[512];
  snprintf(line, sizeof line, "/proc/%d/maps", pid);
  FILE *maps = fopen(line, "re");
  if (maps == nullptr) return false;
  bool found = false, own = false, at_start = true;
  while (!found && fgets(line, sizeof line, maps) != nullptr) {
    uint64_t start = 0, end = 0;
    char perms[5] = "";
    found = at_start && sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &start, &end, perms) == 3 &&
            start <= addr && addr < end;
    if (found) own = perms[1] != 'w' && perms[3] == 'p';
    at_start = strchr(line, '\n') != nullptr;
  }
  fclose(maps);
  return own;
}

// Writes into a guest's program text, which only its tracer may: proc(5), /proc/pid/mem.
napi_value PokeText(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  void *bytes = nullptr;
  size_t length = 0;
  napi_get_typedarray_info(env, a[2], nullptr, &length, &bytes, nullptr, nullptr);
  if (!IsPrivateText(Int(env, a[0]), Addr(env, a[1]))) return MakeInt(env, -EACCES);
  char name[64];
  snprintf(name, sizeof name, "/proc/%d/mem", Int(env, a[0]));
  int fd = open(name, O_RDWR | O_CLOEXEC);
  if (fd < 0) return MakeInt(env, -errno);
  ssize_t n = pwrite(fd, bytes, length, static_cast<off_t>(Addr(env, a[1])));
  const int err = errno;
  close(fd);
  return MakeInt(env, n < 0 ? -err : n);
}

// Lets a stopped thread go on from another address.
napi_value PtraceJump(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  long r = ptrace(PTRACE_POKEUSER, Int(env, a[0]), offsetof(user_regs_struct, rip), Addr(env, a[1]));
  return MakeInt(env, r < 0 ? -errno : 0);
}

}  // namespace

void RegisterLane(napi_env env, napi_value exports) {
  Method(env, exports, "laneMemory", LaneMemory);
  Method(env, exports, "pokeText", PokeText);
  Method(env, exports, "ptraceJump", PtraceJump);
}

}  // namespace tvisor
