// Guest memory: process_vm_readv(2) and process_vm_writev(2). Every address is the guest's and hostile; a bad one is
// -EFAULT, a partly bad range gives the bytes before the bad page.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "ctl.h"

namespace tvisor {

Hot g_hot;
uint8_t *g_scratch;

namespace {

constexpr uint64_t kPage = 4096;

ssize_t CopyIn(pid_t tid, uint64_t addr, void *dst, size_t len) {
  if (len == 0) return 0;
  iovec local{dst, len}, remote{reinterpret_cast<void *>(addr), len};
  ssize_t n = process_vm_readv(tid, &local, 1, &remote, 1, 0);
  return n <= 0 ? -EFAULT : n;
}

ssize_t CopyOut(pid_t tid, uint64_t addr, const void *src, size_t len) {
  if (len == 0) return 0;
  iovec local{const_cast<void *>(src), len}, remote{reinterpret_cast<void *>(addr), len};
  ssize_t n = process_vm_writev(tid, &local, 1, &remote, 1, 0);
  return n <= 0 ? -EFAULT : n;
}

// Offset and length into a buffer of the sentry's, cut to what it holds.
size_t Clamp(double off, double len, size_t size, size_t *at) {
  if (!(off >= 0) || off > static_cast<double>(size) || !(len > 0)) {
    *at = 0;
    return 0;
  }
  *at = static_cast<size_t>(off);
  return static_cast<size_t>(std::min(len, static_cast<double>(size - *at)));
}

napi_value ReadMem(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  size_t at;
  size_t len = Clamp(Num(env, a[2]), Num(env, a[3]), kScratchSize, &at);
  return MakeInt(env, CopyIn(Int(env, a[0]), Addr(env, a[1]), g_scratch + at, len));
}

napi_value WriteMem(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  size_t at;
  size_t len = Clamp(Num(env, a[2]), Num(env, a[3]), kScratchSize, &at);
  return MakeInt(env, CopyOut(Int(env, a[0]), Addr(env, a[1]), g_scratch + at, len));
}

uint8_t *Bytes(napi_env env, napi_value v, size_t *size) {
  void *data = nullptr;
  *size = 0;
  napi_get_typedarray_info(env, v, nullptr, size, &data, nullptr, nullptr);
  return static_cast<uint8_t *>(data);
}

napi_value ReadMemTo(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  size_t size, at;
  uint8_t *p = Bytes(env, a[2], &size);
  size_t len = Clamp(Num(env, a[3]), Num(env, a[4]), size, &at);
  return MakeInt(env, CopyIn(Int(env, a[0]), Addr(env, a[1]), p + at, len));
}

napi_value WriteMemFrom(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  size_t size, at;
  uint8_t *p = Bytes(env, a[2], &size);
  size_t len = Clamp(Num(env, a[3]), Num(env, a[4]), size, &at);
  return MakeInt(env, CopyOut(Int(env, a[0]), Addr(env, a[1]), p + at, len));
}

// Reads in pieces that end at page borders, so that a string just before an unmapped page is still found. The first
// piece is short: most paths are.
napi_value ReadString(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  pid_t tid = Int(env, a[0]);
  uint64_t addr = Addr(env, a[1]);
  size_t max = std::min<size_t>(static_cast<size_t>(std::max(0.0, Num(env, a[2]))), kScratchSize);
  char *buf = reinterpret_cast<char *>(g_scratch);
  size_t have = 0;
  size_t piece = 256;
  while (have < max) {
    size_t to_border = kPage - ((addr + have) & (kPage - 1));
    size_t want = std::min({piece, to_border, max - have});
    ssize_t n = CopyIn(tid, addr + have, buf + have, want);
    if (n < 0) return MakeInt(env, -EFAULT);
    if (void *nul = memchr(buf + have, 0, static_cast<size_t>(n))) {
      napi_value s;
      napi_create_string_latin1(env, buf, static_cast<size_t>(static_cast<char *>(nul) - buf), &s);
      return s;
    }
    have += static_cast<size_t>(n);
    piece = kPage;
  }
  return MakeInt(env, -ENAMETOOLONG);
}

// --- host file <-> guest memory ---------------------------------------------------------------------------------

alignas(4096) uint8_t g_bounce[1 << 18];

// A descriptor of the operator's must never block the sentry: RWF_NOWAIT where the file knows it, else ask poll first.
ssize_t ReadNowait(int fd, void *buf, size_t len) {
  iovec v{buf, len};
  ssize_t n = preadv2(fd, &v, 1, -1, RWF_NOWAIT);
  if (n >= 0 || (errno != EOPNOTSUPP && errno != EINVAL)) return n < 0 ? -errno : n;
  pollfd p{fd, POLLIN, 0};
  if (poll(&p, 1, 0) == 0) return -EAGAIN;
  n = read(fd, buf, len);
  return n < 0 ? -errno : n;
}

ssize_t WriteNowait(int fd, const void *buf, size_t len) {
  iovec v{const_cast<void *>(buf), len};
  ssize_t n = pwritev2(fd, &v, 1, -1, RWF_NOWAIT);
  if (n >= 0 || (errno != EOPNOTSUPP && errno != EINVAL)) return n < 0 ? -errno : n;
  pollfd p{fd, POLLOUT, 0};
  if (poll(&p, 1, 0) == 0) return -EAGAIN;
  // Room for PIPE_BUF is all that a writable descriptor promises.
  n = write(fd, buf, std::min<size_t>(len, PIPE_BUF));
  return n < 0 ? -errno : n;
}

napi_value ReadHostToGuest(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  pid_t tid = Int(env, a[0]);
  int fd = Int(env, a[1]);
  uint64_t addr = Addr(env, a[2]);
  double want = Num(env, a[3]), pos = Num(env, a[4]);
  size_t left = want > 0 ? static_cast<size_t>(std::min(want, 2147479552.0)) : 0;
  size_t done = 0;
  while (left > 0) {
    size_t piece = std::min(left, sizeof g_bounce);
    ssize_t n = pos < 0 ? ReadNowait(fd, g_bounce, piece)
                        : pread(fd, g_bounce, piece, static_cast<off_t>(pos) + done);
    if (n < 0) return MakeInt(env, done > 0 ? static_cast<int64_t>(done) : (pos < 0 ? n : -errno));
    if (n == 0) break;
    ssize_t w = CopyOut(tid, addr + done, g_bounce, static_cast<size_t>(n));
    if (w < 0) return MakeInt(env, done > 0 ? static_cast<int64_t>(done) : -EFAULT);
    done += static_cast<size_t>(w);
    left -= static_cast<size_t>(w);
    // A stream is read once: what a second read would wait for must not be waited for.
    if (w < n || static_cast<size_t>(n) < piece || pos < 0) break;
  }
  return MakeInt(env, static_cast<int64_t>(done));
}

napi_value WriteHostFromGuest(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  pid_t tid = Int(env, a[0]);
  int fd = Int(env, a[1]);
  uint64_t addr = Addr(env, a[2]);
  double want = Num(env, a[3]), pos = Num(env, a[4]);
  size_t left = want > 0 ? static_cast<size_t>(std::min(want, 2147479552.0)) : 0;
  size_t done = 0;
  while (left > 0) {
    size_t piece = std::min(left, sizeof g_bounce);
    ssize_t n = CopyIn(tid, addr + done, g_bounce, piece);
    if (n < 0) return MakeInt(env, done > 0 ? static_cast<int64_t>(done) : -EFAULT);
    ssize_t w = pos < 0 ? WriteNowait(fd, g_bounce, static_cast<size_t>(n))
                        : pwrite(fd, g_bounce, static_cast<size_t>(n), static_cast<off_t>(pos) + done);
    if (w < 0) return MakeInt(env, done > 0 ? static_cast<int64_t>(done) : (pos < 0 ? w : -errno));
    done += static_cast<size_t>(w);
    left -= static_cast<size_t>(w);
    if (w < n || static_cast<size_t>(n) < piece) break;
  }
  return MakeInt(env, static_cast<int64_t>(done));
}

napi_value SharedBuffer(napi_env env, void **data, size_t size) {
  napi_value buffer;
  napi_create_arraybuffer(env, size, data, &buffer);
  memset(*data, 0, size);
  // The kernel's own references keep the buffer alive and in place for the life of the process.
  napi_ref ref;
  napi_create_reference(env, buffer, 1, &ref);
  return buffer;
}

}  // namespace

void RegisterMemory(napi_env env, napi_value exports) {
  void *data;
  napi_value ctl;
  napi_create_external_arraybuffer(env, &g_hot, kCtlSize, nullptr, nullptr, &ctl);
  napi_set_named_property(env, exports, "ctl", ctl);
  napi_set_named_property(env, exports, "scratch", SharedBuffer(env, &data, kScratchSize));
  g_scratch = static_cast<uint8_t *>(data);
  Method(env, exports, "readMem", ReadMem);
  Method(env, exports, "writeMem", WriteMem);
  Method(env, exports, "readMemTo", ReadMemTo);
  Method(env, exports, "writeMemFrom", WriteMemFrom);
  Method(env, exports, "readString", ReadString);
  Method(env, exports, "readHostToGuest", ReadHostToGuest);
  Method(env, exports, "writeHostFromGuest", WriteHostFromGuest);
}

}  // namespace tvisor
