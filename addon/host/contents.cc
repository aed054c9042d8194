// Bytes and extended attributes of host files; src/platform/native.ts says what each method means.
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "paths.h"

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::Method;
using tvisor::Num;
using tvisor::Object;
using tvisor::PathArg;
using tvisor::Result;
using tvisor::Retry;

// Clamps (array, off, len) to the array; false for nonsense.
bool Slice(napi_env env, napi_value array, napi_value offset, napi_value length, uint8_t **data,
           size_t *len) {
  void *base = nullptr;
  size_t size = 0;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, array, &type, &size, &base, nullptr, nullptr) != napi_ok) return false;
  if (type != napi_uint8_array) return false;
  double off = Num(env, offset);
  double want = Num(env, length);
  if (!(off >= 0) || !(want >= 0) || off > static_cast<double>(size)) return false;
  size_t at = static_cast<size_t>(off);
  *data = static_cast<uint8_t *>(base) + at;
  *len = want < static_cast<double>(size - at) ? static_cast<size_t>(want) : size - at;
  return true;
}

off_t Offset(napi_env env, napi_value v) {
  double d = Num(env, v);
  if (!(d >= -9.2e18 && d <= 9.2e18)) return -1;
  return static_cast<off_t>(d);
}

napi_value MakeResult(napi_env env, ssize_t r) {
  return MakeInt(env, r < 0 ? -errno : r);
}

napi_value Pread(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  uint8_t *data;
  size_t len;
  if (!Slice(env, a[1], a[2], a[3], &data, &len)) return MakeInt(env, -EINVAL);
  int fd = Int(env, a[0]);
  off_t pos = Offset(env, a[4]);
  return MakeResult(env, Retry([&] { return pread(fd, data, len, pos); }));
}

napi_value Pwrite(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  uint8_t *data;
  size_t len;
  if (!Slice(env, a[1], a[2], a[3], &data, &len)) return MakeInt(env, -EINVAL);
  int fd = Int(env, a[0]);
  off_t pos = Offset(env, a[4]);
  return MakeResult(env, Retry([&] { return pwrite(fd, data, len, pos); }));
}

napi_value Ftruncate(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  int fd = Int(env, a[0]);
  off_t size = Offset(env, a[1]);
  return MakeInt(env, Result(Retry([&] { return ftruncate(fd, size); })));
}

napi_value Fallocate(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  int fd = Int(env, a[0]);
  int mode = Int(env, a[1]);
  off_t pos = Offset(env, a[2]);
  off_t len = Offset(env, a[3]);
  return MakeInt(env, Result(Retry([&] { return fallocate(fd, mode, pos, len); })));
}

napi_value Fsync(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  bool data_only = false;
  napi_get_value_bool(env, a[1], &data_only);
  int fd = Int(env, a[0]);
  return MakeInt(env, Result(Retry([&] { return data_only ? fdatasync(fd) : fsync(fd); })));
}

// Begins to write out, and waits for nothing.
napi_value StartWriteback(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  return MakeInt(env, Result(sync_file_range(Int(env, a[0]), Offset(env, a[1]), Offset(env, a[2]),
                                             SYNC_FILE_RANGE_WRITE)));
}

napi_value Syncfs(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  return MakeInt(env, Result(syncfs(Int(env, a[0]))));
}

napi_value Lseek(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  return MakeResult(env, lseek(Int(env, a[0]), Offset(env, a[1]), Int(env, a[2])));
}

napi_value Memfd(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  PathArg name(env, a[0]);
  if (name.error != 0) return MakeInt(env, name.error);
  // The guest's own names may be longer than the host takes; nobody but the operator sees them here.
  if (name.len > 200) name.text[200] = '\0';
  return MakeInt(env, Result(memfd_create(name.text, MFD_CLOEXEC | MFD_ALLOW_SEALING)));
}

// F_ADD_SEALS on a memfd of ours: only the host knows whether a writable shared mapping is still there.
napi_value AddSeals(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  return MakeInt(env, Result(fcntl(Int(env, a[0]), F_ADD_SEALS, Int(env, a[1]))));
}

napi_value ReopenReadOnly(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  char name[32];
  snprintf(name, sizeof name, "/proc/self/fd/%d", Int(env, a[0]));
  return MakeInt(env, Result(Retry([&] { return open(name, O_RDONLY | O_CLOEXEC); })));
}

napi_value CopyRange(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  int in = Int(env, a[0]);
  int out = Int(env, a[2]);
  off_t in_pos = Offset(env, a[1]);
  off_t out_pos = Offset(env, a[3]);
  double want = Num(env, a[4]);
  size_t len = want > 0 ? (want < 0x7ffff000 ? static_cast<size_t>(want) : 0x7ffff000) : 0;
  ssize_t n = Retry([&] { return copy_file_range(in, &in_pos, out, &out_pos, len, 0); });
  if (n > 0 || len == 0) return MakeResult(env, n);
  if (n < 0 && errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
    return MakeInt(env, -errno);
  // Other file system: through the page cache, by way of `out`'s own offset, which nobody else uses.
  if (lseek(out, out_pos, SEEK_SET) < 0) return MakeInt(env, -errno);
  return MakeResult(env, Retry([&] { return sendfile(out, in, &in_pos, len); }));
}

napi_value MakeBytes(napi_env env, const void *data, size_t len) {
  napi_value buffer, array;
  void *copy = nullptr;
  napi_create_arraybuffer(env, len, &copy, &buffer);
  if (len > 0) memcpy(copy, data, len);
  napi_create_typedarray(env, napi_uint8_array, len, buffer, 0, &array);
  return array;
}

// A symbolic link has a /proc/self/fd entry that would be followed once more: attributes of links are not reached this way.
int XattrTarget(const Object &object) {
  if (object.fd() < 0) return object.fd();
  struct stat st;
  if (fstat(object.fd(), &st) < 0) return -errno;
  return S_ISLNK(st.st_mode) ? -EOPNOTSUPP : 0;
}

char g_xattr[XATTR_SIZE_MAX];

napi_value Getxattr(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  PathArg name(env, a[2]);
  Object object(Int(env, a[0]), PathArg(env, a[1]));
  int r = name.error != 0 ? name.error : XattrTarget(object);
  if (r < 0) return MakeInt(env, r);
  ssize_t n = getxattr(object.proc(), name.text, g_xattr, sizeof g_xattr);
  return n < 0 ? MakeInt(env, -errno) : MakeBytes(env, g_xattr, static_cast<size_t>(n));
}

napi_value Setxattr(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  PathArg name(env, a[2]);
  Object object(Int(env, a[0]), PathArg(env, a[1]));
  int r = name.error != 0 ? name.error : XattrTarget(object);
  if (r < 0) return MakeInt(env, r);
  void *value = nullptr;
  size_t len = 0;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, a[3], &type, &len, &value, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array)
    return MakeInt(env, -EINVAL);
  return MakeInt(env, Result(setxattr(object.proc(), name.text, value, len, Int(env, a[4]))));
}

napi_value Listxattr(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  Object object(Int(env, a[0]), PathArg(env, a[1]));
  int r = XattrTarget(object);
  if (r == -EOPNOTSUPP) return MakeBytes(env, nullptr, 0);
  if (r < 0) return MakeInt(env, r);
  ssize_t n = listxattr(object.proc(), g_xattr, sizeof g_xattr);
  return n < 0 ? MakeInt(env, -errno) : MakeBytes(env, g_xattr, static_cast<size_t>(n));
}

napi_value Removexattr(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  PathArg name(env, a[2]);
  Object object(Int(env, a[0]), PathArg(env, a[1]));
  int r = name.error != 0 ? name.error : XattrTarget(object);
  if (r < 0) return MakeInt(env, r);
  return MakeInt(env, Result(removexattr(object.proc(), name.text)));
}

}  // namespace

void RegisterHostContents(Napi::Env env, Napi::Object exports) {
  const struct {
    const char *name;
    napi_callback call;
  } methods[] = {
      {"pread", Pread},         {"pwrite", Pwrite},
      {"ftruncate", Ftruncate}, {"fallocate", Fallocate},
      {"fsync", Fsync},         {"lseek", Lseek},
      {"getxattr", Getxattr},   {"setxattr", Setxattr},
      {"listxattr", Listxattr}, {"removexattr", Removexattr},
      {"memfd", Memfd},         {"addSeals", AddSeals},
      {"copyRange", CopyRange}, {"reopenReadOnly", ReopenReadOnly},
      {"syncfs", Syncfs},       {"startWriteback", StartWriteback},
  };
  for (const auto &m : methods) Method(env, exports, m.name, m.call);
}
