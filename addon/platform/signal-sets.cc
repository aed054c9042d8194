// Which signals are pending, blocked, ignored and caught by a guest's thread: the host kernel knows (proc_pid_status(5)).
#include <fcntl.h>
#include <napi.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "ctl.h"

namespace tvisor {
namespace {

// In the order of the file.
constexpr const char *kSets[] = {"\nSigPnd:", "\nShdPnd:", "\nSigBlk:", "\nSigIgn:", "\nSigCgt:"};
constexpr size_t kSetCount = sizeof kSets / sizeof kSets[0];

// The file of a thread that was asked about lately is kept open, for opening it is half of the work. It belongs to that very
// thread: reading fails once it is gone, whoever has its number by then.
struct Kept {
  pid_t tid;
  int fd;
};
constexpr size_t kKept = 64;
Kept g_kept[kKept];

int Open(pid_t tid) {
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/status", tid);
  return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

// Bytes of the file, or -errno.
ssize_t Read(pid_t tid, char *text, size_t size) {
  Kept &kept = g_kept[static_cast<size_t>(tid) % kKept];
  if (kept.tid == tid) {
    ssize_t n = pread(kept.fd, text, size, 0);
    if (n > 0) return n;
  }
  int fd = Open(tid);
  if (fd < 0) return -errno;
  if (kept.tid != 0) close(kept.fd);
  kept = {tid, fd};
  ssize_t n = pread(fd, text, size, 0);
  return n < 0 ? -errno : n;
}

// @returns 0 or -errno; the sets in the array
napi_value SignalSets(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  const pid_t tid = Int(env, a[0]);
  void *data = nullptr;
  size_t length = 0;
  napi_typedarray_type type;
  if (tid <= 0 || napi_get_typedarray_info(env, a[1], &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_biguint64_array || length < kSetCount) {
    return MakeInt(env, -EINVAL);
  }
  static char text[16384];
  const ssize_t used = Read(tid, text, sizeof text - 1);
  if (used < 0) return MakeInt(env, static_cast<int64_t>(used));
  text[used] = 0;
  const char *at = text;
  for (size_t i = 0; i < kSetCount; i++) {
    const char *line = strstr(at, kSets[i]);
    if (line == nullptr) return MakeInt(env, -ESRCH);
    at = line + strlen(kSets[i]);
    static_cast<uint64_t *>(data)[i] = strtoull(at, nullptr, 16);
  }
  return MakeInt(env, 0);
}

}  // namespace

void RegisterSignalSets(napi_env env, napi_value exports) {
  Method(env, exports, "signalSets", SignalSets);
}

}  // namespace tvisor
