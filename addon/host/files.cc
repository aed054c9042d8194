// Host files below a root descriptor. No path ever leaves its root and no symbolic link is ever followed: every walk is an
// openat2(2) with kResolve. Results below zero are negative errnos; src/platform/native.ts says what each method means.
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <napi.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <vector>

#include "../platform/ctl.h"

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::Method;
using tvisor::Num;

constexpr uint64_t kResolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

double *g_stat = nullptr;

template <typename F>
auto Retry(F call) {
  for (;;) {
    auto r = call();
    if (r >= 0 || errno != EINTR) return r;
  }
}

int Result(long r) {
  return r < 0 ? -errno : static_cast<int>(r);
}

// A path out of a byte string. One that holds a NUL byte or is longer than PATH_MAX is no path.
struct PathArg {
  char text[PATH_MAX];
  size_t len = 0;
  int error = 0;

  PathArg(napi_env env, napi_value v) {
    if (napi_get_value_string_latin1(env, v, text, sizeof text, &len) != napi_ok) {
      text[0] = '\0';
      error = -EINVAL;
    } else if (len >= sizeof text - 1) {
      error = -ENAMETOOLONG;
    } else if (memchr(text, '\0', len) != nullptr) {
      error = -ENOENT;
    }
  }
};

int Open2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
  open_how how = {};
  how.flags = flags | O_CLOEXEC;
  how.mode = mode;
  how.resolve = resolve;
  // EAGAIN: a rename or mount somewhere on the host met a `..`-safe walk. A few tries, then the caller hears of it.
  int fd = -EAGAIN;
  for (int i = 0; i < 64 && fd == -EAGAIN; i++)
    fd = Result(Retry([&] { return syscall(SYS_openat2, dir, path, &how, sizeof how); }));
  return fd;
}

// The object itself, whatever it is, without opening it. RESOLVE_NO_SYMLINKS lets a final link through for O_PATH | O_NOFOLLOW.
int OpenPath(int dir, const char *path) {
  return Open2(dir, *path == '\0' ? "." : path, O_PATH | O_NOFOLLOW, 0, kResolve);
}

// The directory that holds the last component of a path, and that component.
class Parent {
 public:
  Parent(int dir, const PathArg &path) {
    if (path.error != 0) {
      fd_ = path.error;
      return;
    }
    const char *slash = strrchr(path.text, '/');
    name_ = slash == nullptr ? path.text : slash + 1;
    if (*name_ == '\0' || strcmp(name_, ".") == 0 || strcmp(name_, "..") == 0) {
      fd_ = -EINVAL;
      return;
    }
    if (slash == nullptr) {
      fd_ = dir;
      return;
    }
    std::string above(path.text, static_cast<size_t>(slash - path.text));
    fd_ = Open2(dir, above.c_str(), O_PATH | O_DIRECTORY, 0, kResolve);
    own_ = fd_ >= 0;
  }
  ~Parent() {
    if (own_) close(fd_);
  }
  Parent(const Parent &) = delete;
  Parent &operator=(const Parent &) = delete;
  // The descriptor, or a negative errno.
  int fd() const {
    return fd_;
  }
  const char *name() const {
    return name_;
  }

 private:
  int fd_ = -EINVAL;
  const char *name_ = "";
  bool own_ = false;
};

// An O_PATH descriptor and its name in /proc/self/fd, which is how attributes of the object are reached without following links.
class Object {
 public:
  Object(int dir, const PathArg &path) : fd_(path.error != 0 ? path.error : OpenPath(dir, path.text)) {
    snprintf(proc_, sizeof proc_, "/proc/self/fd/%d", fd_);
  }
  ~Object() {
    if (fd_ >= 0) close(fd_);
  }
  Object(const Object &) = delete;
  Object &operator=(const Object &) = delete;
  int fd() const {
    return fd_;
  }
  const char *proc() const {
    return proc_;
  }

 private:
  int fd_;
  char proc_[32];
};

void FillStat(const struct statx &st) {
  double *out = g_stat;
  out[0] = static_cast<double>(makedev(st.stx_dev_major, st.stx_dev_minor));
  out[1] = static_cast<double>(st.stx_ino);
  out[2] = st.stx_mode;
  out[3] = st.stx_nlink;
  out[4] = st.stx_uid;
  out[5] = st.stx_gid;
  out[6] = static_cast<double>(makedev(st.stx_rdev_major, st.stx_rdev_minor));
  out[7] = static_cast<double>(st.stx_size);
  out[8] = st.stx_blksize;
  out[9] = static_cast<double>(st.stx_blocks);
  out[10] = static_cast<double>(st.stx_atime.tv_sec);
  out[11] = st.stx_atime.tv_nsec;
  out[12] = static_cast<double>(st.stx_mtime.tv_sec);
  out[13] = st.stx_mtime.tv_nsec;
  out[14] = static_cast<double>(st.stx_ctime.tv_sec);
  out[15] = st.stx_ctime.tv_nsec;
  out[16] = static_cast<double>(st.stx_btime.tv_sec);
  out[17] = st.stx_btime.tv_nsec;
}

int Statx(int fd, const char *name, int flags) {
  struct statx st;
  int r = Result(Retry([&] {
    return statx(fd, name, flags | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_BTIME, &st);
  }));
  if (r == 0) FillStat(st);
  return r;
}

napi_value OpenRoot(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  PathArg path(env, a[0]);
  if (path.error != 0) return MakeInt(env, path.error);
  return MakeInt(env, Result(Retry([&] { return open(path.text, O_PATH | O_DIRECTORY | O_CLOEXEC); })));
}

// Opens what is a regular file or a directory; anything else could block, talk to a device or have side effects.
napi_value OpenAt(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  int dir = Int(env, a[0]);
  PathArg path(env, a[1]);
  if (path.error != 0) return MakeInt(env, path.error);
  int flags = Int(env, a[2]);
  uint64_t mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? static_cast<uint64_t>(Int(env, a[3])) & 07777 : 0;
  const char *name = path.len == 0 ? "." : path.text;
  uint64_t bits = static_cast<uint32_t>(flags) | O_NOFOLLOW;
  if ((flags & O_PATH) != 0) return MakeInt(env, Open2(dir, name, bits & (O_PATH | O_NOFOLLOW | O_DIRECTORY), 0, kResolve));
  bool makes = (flags & (O_CREAT | __O_TMPFILE)) != 0 && ((flags & O_EXCL) != 0 || (flags & __O_TMPFILE) != 0);
  if (!makes && (flags & O_DIRECTORY) == 0) {
    // O_NONBLOCK does not make an open of a device harmless, so look first. Who swaps the file in between must be on the
    // host: the second look below then still keeps what was opened from being used.
    int probe = Open2(dir, name, O_PATH | O_NOFOLLOW, 0, kResolve);
    if (probe >= 0) {
      struct stat st;
      int r = Result(fstat(probe, &st));
      close(probe);
      if (r < 0) return MakeInt(env, r);
      if (S_ISLNK(st.st_mode)) return MakeInt(env, -ELOOP);
      if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) return MakeInt(env, -ENXIO);
    } else if (probe != -ENOENT || (flags & O_CREAT) == 0) {
      return MakeInt(env, probe);
    }
  }
  int fd = Open2(dir, name, bits | O_NONBLOCK | O_NOCTTY, mode, kResolve);
  if (fd < 0) return MakeInt(env, fd);
  struct stat st;
  if (fstat(fd, &st) < 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))) {
    close(fd);
    return MakeInt(env, -ENXIO);
  }
  return MakeInt(env, fd);
}

napi_value Close(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  close(Int(env, a[0]));
  return nullptr;
}

napi_value StatAt(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  int dir = Int(env, a[0]);
  PathArg path(env, a[1]);
  if (path.error != 0) return MakeInt(env, path.error);
  if (path.len == 0) return MakeInt(env, Statx(dir, "", AT_EMPTY_PATH));
  // One component cannot lead astray, but for `..`.
  if (memchr(path.text, '/', path.len) == nullptr && strcmp(path.text, "..") != 0)
    return MakeInt(env, Statx(dir, path.text, 0));
  int fd = OpenPath(dir, path.text);
  if (fd < 0) return MakeInt(env, fd);
  int r = Statx(fd, "", AT_EMPTY_PATH);
  close(fd);
  return MakeInt(env, r);
}

napi_value FStat(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  return MakeInt(env, Statx(Int(env, a[0]), "", AT_EMPTY_PATH));
}

napi_value ReadlinkAt(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  Object object(Int(env, a[0]), PathArg(env, a[1]));
  if (object.fd() < 0) return MakeInt(env, object.fd());
  char target[PATH_MAX];
  ssize_t n = readlinkat(object.fd(), "", target, sizeof target);
  // An empty path on something that is not a link is ENOENT to readlinkat(2).
  if (n < 0) return MakeInt(env, errno == ENOENT ? -EINVAL : -errno);
  napi_value r;
  napi_create_string_latin1(env, target, static_cast<size_t>(n), &r);
  return r;
}

struct LinuxDirent64 {
  uint64_t ino;
  int64_t off;
  uint16_t reclen;
  uint8_t type;
  char name[];
};

napi_value ReaddirAt(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  PathArg path(env, a[1]);
  if (path.error != 0) return MakeInt(env, path.error);
  int fd = Open2(Int(env, a[0]), path.len == 0 ? "." : path.text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, kResolve);
  if (fd < 0) return MakeInt(env, fd);
  napi_value list, key_name, key_ino, key_type;
  napi_create_array(env, &list);
  napi_create_string_utf8(env, "name", NAPI_AUTO_LENGTH, &key_name);
  napi_create_string_utf8(env, "ino", NAPI_AUTO_LENGTH, &key_ino);
  napi_create_string_utf8(env, "type", NAPI_AUTO_LENGTH, &key_type);
  alignas(8) static char buf[65536];
  uint32_t index = 0;
  for (;;) {
    long n = Retry([&] { return syscall(SYS_getdents64, fd, buf, sizeof buf); });
    if (n < 0) {
      int err = -errno;
      close(fd);
      return MakeInt(env, err);
    }
    if (n == 0) break;
    for (long at = 0; at < n;) {
      auto *entry = reinterpret_cast<LinuxDirent64 *>(buf + at);
      at += entry->reclen;
      if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
      napi_handle_scope scope;
      napi_open_handle_scope(env, &scope);
      napi_value item, name, ino, type;
      napi_create_object(env, &item);
      napi_create_string_latin1(env, entry->name, NAPI_AUTO_LENGTH, &name);
      napi_create_double(env, static_cast<double>(entry->ino), &ino);
      napi_create_uint32(env, entry->type, &type);
      napi_set_property(env, item, key_name, name);
      napi_set_property(env, item, key_ino, ino);
      napi_set_property(env, item, key_type, type);
      napi_set_element(env, list, index++, item);
      napi_close_handle_scope(env, scope);
    }
  }
  close(fd);
  return list;
}

// Clamps (array, off, len) to the array; false for nonsense.
bool Slice(napi_env env, napi_value array, napi_value offset, napi_value length, uint8_t **data, size_t *len) {
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

napi_value MkdirAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  PathArg path(env, a[1]);
  Parent parent(Int(env, a[0]), path);
  if (parent.fd() < 0) return MakeInt(env, parent.fd());
  return MakeInt(env, Result(mkdirat(parent.fd(), parent.name(), static_cast<mode_t>(Int(env, a[2]) & 07777))));
}

napi_value UnlinkAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  PathArg path(env, a[1]);
  Parent parent(Int(env, a[0]), path);
  if (parent.fd() < 0) return MakeInt(env, parent.fd());
  bool is_dir = false;
  napi_get_value_bool(env, a[2], &is_dir);
  return MakeInt(env, Result(unlinkat(parent.fd(), parent.name(), is_dir ? AT_REMOVEDIR : 0)));
}

napi_value RenameAt(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  int dir = Int(env, a[0]);
  PathArg from(env, a[1]), to(env, a[2]);
  Parent src(dir, from), dst(dir, to);
  if (src.fd() < 0) return MakeInt(env, src.fd());
  if (dst.fd() < 0) return MakeInt(env, dst.fd());
  unsigned flags = static_cast<unsigned>(Int(env, a[3]));
  return MakeInt(env, Result(renameat2(src.fd(), src.name(), dst.fd(), dst.name(), flags)));
}

napi_value LinkAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  int dir = Int(env, a[0]);
  PathArg from(env, a[1]), to(env, a[2]);
  Parent src(dir, from), dst(dir, to);
  if (src.fd() < 0) return MakeInt(env, src.fd());
  if (dst.fd() < 0) return MakeInt(env, dst.fd());
  return MakeInt(env, Result(linkat(src.fd(), src.name(), dst.fd(), dst.name(), 0)));
}

napi_value SymlinkAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  PathArg target(env, a[1]), path(env, a[2]);
  if (target.error != 0) return MakeInt(env, target.error);
  Parent parent(Int(env, a[0]), path);
  if (parent.fd() < 0) return MakeInt(env, parent.fd());
  return MakeInt(env, Result(symlinkat(target.text, parent.fd(), parent.name())));
}

// Only what is not a device: a device node of the host is never made for a guest.
napi_value MknodAt(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  PathArg path(env, a[1]);
  mode_t mode = static_cast<mode_t>(Int(env, a[2]));
  if (S_ISCHR(mode) || S_ISBLK(mode)) return MakeInt(env, -EPERM);
  Parent parent(Int(env, a[0]), path);
  if (parent.fd() < 0) return MakeInt(env, parent.fd());
  return MakeInt(env, Result(mknodat(parent.fd(), parent.name(), mode, 0)));
}

napi_value ChmodAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  Object object(Int(env, a[0]), PathArg(env, a[1]));
  if (object.fd() < 0) return MakeInt(env, object.fd());
  struct stat st;
  if (fstat(object.fd(), &st) < 0) return MakeInt(env, -errno);
  if (S_ISLNK(st.st_mode)) return MakeInt(env, -EOPNOTSUPP);
  return MakeInt(env, Result(chmod(object.proc(), static_cast<mode_t>(Int(env, a[2]) & 07777))));
}

napi_value ChownAt(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  Object object(Int(env, a[0]), PathArg(env, a[1]));
  if (object.fd() < 0) return MakeInt(env, object.fd());
  uid_t uid = static_cast<uid_t>(static_cast<int64_t>(Num(env, a[2])));
  gid_t gid = static_cast<gid_t>(static_cast<int64_t>(Num(env, a[3])));
  return MakeInt(env, Result(fchownat(object.fd(), "", uid, gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)));
}

napi_value UtimensAt(napi_env env, napi_callback_info info) {
  napi_value a[6];
  Args(env, info, a);
  PathArg path(env, a[1]);
  struct timespec times[2] = {
      {static_cast<time_t>(Num(env, a[2])), static_cast<long>(Num(env, a[3]))},
      {static_cast<time_t>(Num(env, a[4])), static_cast<long>(Num(env, a[5]))},
  };
  Object object(Int(env, a[0]), path);
  if (object.fd() < 0) return MakeInt(env, object.fd());
  return MakeInt(env, Result(utimensat(object.fd(), "", times, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)));
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

napi_value Lseek(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  return MakeResult(env, lseek(Int(env, a[0]), Offset(env, a[1]), Int(env, a[2])));
}

void Set(napi_env env, napi_value object, const char *name, double value) {
  napi_value v;
  napi_create_double(env, value, &v);
  napi_set_named_property(env, object, name, v);
}

napi_value Statfs(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  Object object(Int(env, a[0]), PathArg(env, a[1]));
  if (object.fd() < 0) return MakeInt(env, object.fd());
  struct statfs st;
  if (Retry([&] { return fstatfs(object.fd(), &st); }) < 0) return MakeInt(env, -errno);
  napi_value r;
  napi_create_object(env, &r);
  Set(env, r, "type", static_cast<double>(static_cast<uint32_t>(st.f_type)));
  Set(env, r, "bsize", static_cast<double>(st.f_bsize));
  Set(env, r, "blocks", static_cast<double>(st.f_blocks));
  Set(env, r, "bfree", static_cast<double>(st.f_bfree));
  Set(env, r, "bavail", static_cast<double>(st.f_bavail));
  Set(env, r, "files", static_cast<double>(st.f_files));
  Set(env, r, "ffree", static_cast<double>(st.f_ffree));
  Set(env, r, "namelen", static_cast<double>(st.f_namelen));
  return r;
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

napi_value Memfd(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  PathArg name(env, a[0]);
  if (name.error != 0) return MakeInt(env, name.error);
  // The guest's own names may be longer than the host takes; nobody but the operator sees them here.
  if (name.len > 200) name.text[200] = '\0';
  return MakeInt(env, Result(memfd_create(name.text, MFD_CLOEXEC)));
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
  if (n < 0 && errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return MakeInt(env, -errno);
  // Other file system: through the page cache, by way of `out`'s own offset, which nobody else uses.
  if (lseek(out, out_pos, SEEK_SET) < 0) return MakeInt(env, -errno);
  return MakeResult(env, Retry([&] { return sendfile(out, in, &in_pos, len); }));
}

}  // namespace

void RegisterHostFiles(Napi::Env env, Napi::Object exports) {
  Napi::Float64Array stat = Napi::Float64Array::New(env, 18);
  g_stat = stat.Data();
  exports.Set("statBuf", stat);
  static Napi::Reference<Napi::Float64Array> keep;
  keep = Napi::Persistent(stat);
  keep.SuppressDestruct();
  const struct {
    const char *name;
    napi_callback call;
  } methods[] = {
      {"openRoot", OpenRoot},     {"openAt", OpenAt},         {"close", Close},         {"statAt", StatAt},
      {"fstat", FStat},           {"readlinkAt", ReadlinkAt}, {"readdirAt", ReaddirAt}, {"pread", Pread},
      {"pwrite", Pwrite},         {"mkdirAt", MkdirAt},       {"unlinkAt", UnlinkAt},   {"renameAt", RenameAt},
      {"linkAt", LinkAt},         {"symlinkAt", SymlinkAt},   {"mknodAt", MknodAt},     {"chmodAt", ChmodAt},
      {"chownAt", ChownAt},       {"utimensAt", UtimensAt},   {"ftruncate", Ftruncate}, {"fallocate", Fallocate},
      {"fsync", Fsync},           {"lseek", Lseek},           {"statfs", Statfs},       {"getxattr", Getxattr},
      {"setxattr", Setxattr},     {"listxattr", Listxattr},   {"removexattr", Removexattr},
      {"memfd", Memfd},           {"copyRange", CopyRange},   {"reopenReadOnly", ReopenReadOnly},
  };
  for (const auto &m : methods) Method(env, exports, m.name, m.call);
}
