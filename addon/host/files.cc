// Host files below a root descriptor. No path ever leaves its root and no symbolic link is ever followed: every walk is an
// openat2(2) with kResolve. Results below zero are negative errnos; src/platform/native.ts says what each method means.
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include "paths.h"

// contents.cc, made-files.cc
void RegisterHostContents(Napi::Env env, Napi::Object exports);
void RegisterMadeFiles(Napi::Env env, Napi::Object exports);

namespace tvisor {
int StatDescriptor(int fd);
}  // namespace tvisor

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::kResolve;
using tvisor::MakeInt;
using tvisor::Method;
using tvisor::Num;
using tvisor::Object;
using tvisor::Open2;
using tvisor::OpenPath;
using tvisor::Parent;
using tvisor::PathArg;
using tvisor::Result;
using tvisor::Retry;

double *g_stat = nullptr;

// A number that a double holds: two objects with numbers close to each other never look like one.
double ShownIno(uint64_t ino) {
  const uint64_t high = ino >> 32;
  if (high < (1u << 21)) return static_cast<double>(ino);
  return static_cast<double>((((high >> 12) ^ high) & 0xfffff) << 32 | static_cast<uint32_t>(ino));
}

void FillStat(const struct statx &st) {
  double *out = g_stat;
  out[0] = static_cast<double>(makedev(st.stx_dev_major, st.stx_dev_minor));
  out[1] = ShownIno(st.stx_ino);
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
  // Exact, where the number is too large for a double.
  out[18] = static_cast<double>(static_cast<uint32_t>(st.stx_ino));
  out[19] = static_cast<double>(st.stx_ino >> 32);
}

int Statx(int fd, const char *name, int flags) {
  struct statx st;
  int r = Result(Retry([&] {
    return statx(fd, name, flags | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_BTIME,
                 &st);
  }));
  if (r == 0) FillStat(st);
  return r;
}

}  // namespace

// What statx(2) says of an open object, into the buffer of the stat calls. 0 or -errno.
int tvisor::StatDescriptor(int fd) {
  return Statx(fd, "", AT_EMPTY_PATH);
}

namespace {

napi_value OpenRoot(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  PathArg path(env, a[0]);
  if (path.error != 0) return MakeInt(env, path.error);
  return MakeInt(env, Result(Retry([&] { return open(path.text, O_PATH | O_DIRECTORY | O_CLOEXEC); })));
}

// Opens the file that a root descriptor itself stands for.
int OpenRootFile(int root, mode_t mode, int flags) {
  if ((flags & O_PATH) != 0) return OpenPath(root, "");
  if ((flags & O_DIRECTORY) != 0) return -ENOTDIR;
  if (!S_ISREG(mode)) return -ENXIO;
  char name[32];
  snprintf(name, sizeof name, "/proc/self/fd/%d", root);
  const int kept = flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW | __O_TMPFILE);
  return Result(Retry([&] { return open(name, kept | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); }));
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
  struct stat root;
  if (path.len == 0 && fstat(dir, &root) == 0 && !S_ISDIR(root.st_mode))
    return MakeInt(env, OpenRootFile(dir, root.st_mode, flags));
  const char *name = path.len == 0 ? "." : path.text;
  uint64_t bits = static_cast<uint32_t>(flags) | O_NOFOLLOW;
  if ((flags & O_PATH) != 0)
    return MakeInt(env, Open2(dir, name, bits & (O_PATH | O_NOFOLLOW | O_DIRECTORY), 0, kResolve));
  bool makes =
      (flags & (O_CREAT | __O_TMPFILE)) != 0 && ((flags & O_EXCL) != 0 || (flags & __O_TMPFILE) != 0);
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
  int fd = Open2(Int(env, a[0]), path.len == 0 ? "." : path.text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0,
                 kResolve);
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
      napi_create_double(env, ShownIno(entry->ino), &ino);
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

napi_value MkdirAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  PathArg path(env, a[1]);
  Parent parent(Int(env, a[0]), path);
  if (parent.fd() < 0) return MakeInt(env, parent.fd());
  return MakeInt(env,
                 Result(mkdirat(parent.fd(), parent.name(), static_cast<mode_t>(Int(env, a[2]) & 07777))));
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
  napi_value a[5];
  Args(env, info, a);
  PathArg from(env, a[1]), to(env, a[3]);
  Parent src(Int(env, a[0]), from), dst(Int(env, a[2]), to);
  if (src.fd() < 0) return MakeInt(env, src.fd());
  if (dst.fd() < 0) return MakeInt(env, dst.fd());
  unsigned flags = static_cast<unsigned>(Int(env, a[4]));
  return MakeInt(env, Result(renameat2(src.fd(), src.name(), dst.fd(), dst.name(), flags)));
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

}  // namespace

void RegisterHostFiles(Napi::Env env, Napi::Object exports) {
  Napi::Float64Array stat = Napi::Float64Array::New(env, 20);
  g_stat = stat.Data();
  exports.Set("statBuf", stat);
  static Napi::Reference<Napi::Float64Array> keep;
  keep = Napi::Persistent(stat);
  keep.SuppressDestruct();
  const struct {
    const char *name;
    napi_callback call;
  } methods[] = {
      {"openRoot", OpenRoot}, {"openAt", OpenAt},         {"close", Close},         {"statAt", StatAt},
      {"fstat", FStat},       {"readlinkAt", ReadlinkAt}, {"readdirAt", ReaddirAt}, {"mkdirAt", MkdirAt},
      {"unlinkAt", UnlinkAt}, {"renameAt", RenameAt},     {"symlinkAt", SymlinkAt}, {"mknodAt", MknodAt},
      {"chmodAt", ChmodAt},   {"chownAt", ChownAt},       {"utimensAt", UtimensAt}, {"statfs", Statfs},
  };
  for (const auto &m : methods) Method(env, exports, m.name, m.call);
  RegisterHostContents(env, exports);
  RegisterMadeFiles(env, exports);
}
