// Files of the host, always named below a directory descriptor. No component of a name is ever followed as a symbolic
// link and none leads out of the directory (openat2(2)). Results below zero are negative errnos; see
// src/platform/native.ts for the meaning of every method.
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <napi.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "../platform/ctl.h"

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::Num;

constexpr uint64_t kResolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
constexpr size_t kStatFields = 18;
constexpr size_t kMaxXattr = 65536;
// Most bytes that one call moves, as MAX_RW_COUNT of the kernel.
constexpr double kMaxTransfer = 0x7ffff000;

double *g_stat = nullptr;

// A descriptor that closes itself, or one that belongs to somebody else.
class Fd {
 public:
  Fd(int fd, bool owned) : fd_(fd), owned_(owned) {}
  Fd(Fd &&other) noexcept : fd_(other.fd_), owned_(other.owned_) { other.owned_ = false; }
  Fd(const Fd &) = delete;
  Fd &operator=(const Fd &) = delete;
  ~Fd() {
    if (owned_ && fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
  bool owned_;
};

int Check(long r) { return r < 0 ? -errno : static_cast<int>(r); }

// Text of a byte string; false if it is none, is too long, or holds a NUL.
struct Text {
  char data[PATH_MAX];
  size_t len = 0;
  int error = 0;
  Text(napi_env env, napi_value v) {
    size_t need = 0;
    data[0] = 0;
    if (napi_get_value_string_latin1(env, v, nullptr, 0, &need) != napi_ok) {
      error = -EINVAL;
    } else if (need >= sizeof data) {
      error = -ENAMETOOLONG;
    } else {
      napi_get_value_string_latin1(env, v, data, sizeof data, &len);
      if (strlen(data) != len) error = -EINVAL;
    }
  }
  bool empty() const { return len == 0; }
};

int OpenBeneath(int dir, const char *path, uint64_t flags, uint64_t mode) {
  struct open_how how = {flags | O_CLOEXEC, mode, kResolve};
  for (int tries = 0;; tries++) {
    long fd = syscall(SYS_openat2, dir, path, &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    // EAGAIN: a rename went on somewhere in the host meanwhile.
    if ((errno != EAGAIN && errno != EINTR) || tries >= 64) return -errno;
  }
}

// O_PATH descriptor of the object itself (a symbolic link is not followed), or -errno.
Fd Object(int dir, const Text &path) {
  if (path.error != 0) return Fd(path.error, false);
  if (path.empty()) return Fd(dir, false);
  return Fd(OpenBeneath(dir, path.data, O_PATH | O_NOFOLLOW, 0), true);
}

// The directory that holds the last component of a name, and that component.
struct Parent {
  Fd dir;
  const char *last;
  int error;
};

Parent ParentOf(int dir, Text &path) {
  if (path.error != 0) return {Fd(-1, false), "", path.error};
  char *slash = strrchr(path.data, '/');
  const char *last = slash == nullptr ? path.data : slash + 1;
  if (*last == 0 || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
    return {Fd(-1, false), "", -EINVAL};
  if (slash == nullptr) return {Fd(dir, false), last, 0};
  if (slash == path.data) return {Fd(-1, false), "", -EXDEV};
  *slash = 0;
  int fd = OpenBeneath(dir, path.data, O_PATH | O_DIRECTORY, 0);
  return {Fd(fd, true), last, fd < 0 ? fd : 0};
}

// The name by which calls without an *at form reach what an O_PATH descriptor stands for.
struct ProcName {
  char text[40];
  explicit ProcName(int fd) { snprintf(text, sizeof text, "/proc/self/fd/%d", fd); }
};

bool Offset(napi_env env, napi_value v, off_t *out) {
  double d = Num(env, v);
  if (!(d >= 0) || d > 9007199254740991.0) return false;
  *out = static_cast<off_t>(d);
  return true;
}

bool Bytes(napi_env env, napi_value v, uint8_t **data, size_t *size) {
  void *p = nullptr;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, v, &type, size, &p, nullptr, nullptr) != napi_ok) return false;
  *data = static_cast<uint8_t *>(p);
  return type == napi_uint8_array;
}

// [off, off + len) of a byte array, cut to its end.
bool ByteRange(napi_env env, napi_value *a, uint8_t **data, size_t *len) {
  size_t size = 0;
  if (!Bytes(env, a[0], data, &size)) return false;
  double off = Num(env, a[1]);
  double want = Num(env, a[2]);
  if (!(off >= 0) || !(want >= 0) || off > static_cast<double>(size)) return false;
  *len = static_cast<size_t>(std::min({want, static_cast<double>(size) - off, kMaxTransfer}));
  *data += static_cast<size_t>(off);
  return true;
}

int StatInto(int dir, const char *name, int flags) {
  struct statx st;
  if (statx(dir, name, flags | AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_BTIME, &st) < 0) return -errno;
  double *o = g_stat;
  *o++ = static_cast<double>(makedev(st.stx_dev_major, st.stx_dev_minor));
  *o++ = static_cast<double>(st.stx_ino);
  *o++ = st.stx_mode;
  *o++ = st.stx_nlink;
  *o++ = st.stx_uid;
  *o++ = st.stx_gid;
  *o++ = static_cast<double>(makedev(st.stx_rdev_major, st.stx_rdev_minor));
  *o++ = static_cast<double>(st.stx_size);
  *o++ = st.stx_blksize;
  *o++ = static_cast<double>(st.stx_blocks);
  for (const struct statx_timestamp &t : {st.stx_atime, st.stx_mtime, st.stx_ctime}) {
    *o++ = static_cast<double>(t.tv_sec);
    *o++ = t.tv_nsec;
  }
  const bool birth = (st.stx_mask & STATX_BTIME) != 0;
  *o++ = birth ? static_cast<double>(st.stx_btime.tv_sec) : 0;
  *o++ = birth ? st.stx_btime.tv_nsec : 0;
  return 0;
}

napi_value OpenRoot(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  Text path(env, a[0]);
  if (path.error != 0) return MakeInt(env, path.error);
  // The operator's own name: symbolic links in it are followed.
  return MakeInt(env, Check(open(path.data, O_PATH | O_CLOEXEC)));
}

// Anything that could wait or act when it is opened is refused.
int Plain(int fd) {
  struct stat st;
  if (fd < 0) return fd;
  int r = fstat(fd, &st) < 0 ? -errno : (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ? 0 : -ENXIO);
  if (r == 0) return fd;
  close(fd);
  return r;
}

int OpenFile(int dir, const Text &path, int flags, int mode) {
  if (path.error != 0) return path.error;
  if ((flags & O_PATH) != 0) {
    flags &= O_PATH | O_DIRECTORY;
    if (path.empty()) return Check(fcntl(dir, F_DUPFD_CLOEXEC, 0));
    return OpenBeneath(dir, path.data, flags | O_NOFOLLOW, 0);
  }
  flags |= O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  if (path.empty()) {
    // By way of /proc the object is opened anew; a device must not even be tried.
    struct stat st;
    if (fstat(dir, &st) < 0) return -errno;
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) return -ENXIO;
    return Check(open(ProcName(dir).text, flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW)));
  }
  const bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  return Plain(OpenBeneath(dir, path.data, static_cast<uint64_t>(static_cast<unsigned>(flags | O_NOFOLLOW)),
                           makes ? static_cast<uint64_t>(mode & 07777) : 0));
}

napi_value OpenAt(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  Text path(env, a[1]);
  return MakeInt(env, OpenFile(Int(env, a[0]), path, Int(env, a[2]), Int(env, a[3])));
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
  Text path(env, a[1]);
  int dir = Int(env, a[0]);
  if (path.error != 0) return MakeInt(env, path.error);
  // A single component cannot lead anywhere else: one call is enough.
  const bool single = strchr(path.data, '/') == nullptr && strcmp(path.data, "..") != 0;
  if (single) return MakeInt(env, StatInto(dir, path.data, AT_SYMLINK_NOFOLLOW | (path.empty() ? AT_EMPTY_PATH : 0)));
  Fd fd = Object(dir, path);
  if (fd.get() < 0) return MakeInt(env, fd.get());
  return MakeInt(env, StatInto(fd.get(), "", AT_EMPTY_PATH));
}

napi_value Fstat(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  return MakeInt(env, StatInto(Int(env, a[0]), "", AT_EMPTY_PATH));
}

napi_value ReadlinkAt(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  Text path(env, a[1]);
  Fd fd = Object(Int(env, a[0]), path);
  if (fd.get() < 0) return MakeInt(env, fd.get());
  char text[PATH_MAX];
  ssize_t n = readlinkat(fd.get(), "", text, sizeof text);
  // With an empty name an object that is no link gives ENOENT.
  if (n < 0) return MakeInt(env, errno == ENOENT ? -EINVAL : -errno);
  napi_value result;
  napi_create_string_latin1(env, text, static_cast<size_t>(n), &result);
  return result;
}

int EntryType(DIR *dir, const struct dirent *e) {
  if (e->d_type != DT_UNKNOWN) return e->d_type;
  struct stat st;
  if (fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0) return DT_UNKNOWN;
  return IFTODT(st.st_mode);
}

void SetNumber(napi_env env, napi_value object, const char *name, double value) {
  napi_value v;
  napi_create_double(env, value, &v);
  napi_set_named_property(env, object, name, v);
}

napi_value ReaddirAt(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  Text path(env, a[1]);
  int fd = OpenFile(Int(env, a[0]), path, O_RDONLY | O_DIRECTORY, 0);
  if (fd < 0) return MakeInt(env, fd);
  DIR *dir = fdopendir(fd);
  if (dir == nullptr) {
    int err = errno;
    close(fd);
    return MakeInt(env, -err);
  }
  napi_value list;
  napi_create_array(env, &list);
  uint32_t count = 0;
  for (;;) {
    napi_handle_scope scope;
    errno = 0;
    const struct dirent *e = readdir(dir);
    if (e == nullptr) break;
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
    napi_open_handle_scope(env, &scope);
    napi_value entry, name;
    napi_create_object(env, &entry);
    napi_create_string_latin1(env, e->d_name, NAPI_AUTO_LENGTH, &name);
    napi_set_named_property(env, entry, "name", name);
    SetNumber(env, entry, "ino", static_cast<double>(e->d_ino));
    SetNumber(env, entry, "type", EntryType(dir, e));
    napi_set_element(env, list, count++, entry);
    napi_close_handle_scope(env, scope);
  }
  int err = errno;
  closedir(dir);
  return err != 0 ? MakeInt(env, -err) : list;
}

napi_value Pread(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  uint8_t *data;
  size_t len;
  off_t pos;
  if (!ByteRange(env, a + 1, &data, &len) || !Offset(env, a[4], &pos)) return MakeInt(env, -EINVAL);
  ssize_t n;
  do n = pread(Int(env, a[0]), data, len, pos);
  while (n < 0 && errno == EINTR);
  return MakeInt(env, n < 0 ? -errno : n);
}

napi_value Pwrite(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  uint8_t *data;
  size_t len;
  off_t pos;
  if (!ByteRange(env, a + 1, &data, &len) || !Offset(env, a[4], &pos)) return MakeInt(env, -EINVAL);
  ssize_t n;
  do n = pwrite(Int(env, a[0]), data, len, pos);
  while (n < 0 && errno == EINTR);
  return MakeInt(env, n < 0 ? -errno : n);
}

napi_value MkdirAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  Text path(env, a[1]);
  Parent p = ParentOf(Int(env, a[0]), path);
  if (p.error != 0) return MakeInt(env, p.error);
  return MakeInt(env, Check(mkdirat(p.dir.get(), p.last, static_cast<mode_t>(Int(env, a[2]) & 07777))));
}

napi_value UnlinkAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  Text path(env, a[1]);
  Parent p = ParentOf(Int(env, a[0]), path);
  if (p.error != 0) return MakeInt(env, p.error);
  bool is_dir = false;
  napi_get_value_bool(env, a[2], &is_dir);
  return MakeInt(env, Check(unlinkat(p.dir.get(), p.last, is_dir ? AT_REMOVEDIR : 0)));
}

napi_value RenameAt(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  Text from(env, a[1]);
  Text to(env, a[2]);
  Parent f = ParentOf(Int(env, a[0]), from);
  if (f.error != 0) return MakeInt(env, f.error);
  Parent t = ParentOf(Int(env, a[0]), to);
  if (t.error != 0) return MakeInt(env, t.error);
  return MakeInt(env, Check(syscall(SYS_renameat2, f.dir.get(), f.last, t.dir.get(), t.last,
                                    static_cast<unsigned>(Int(env, a[3])))));
}

napi_value LinkAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  Text from(env, a[1]);
  Text to(env, a[2]);
  Parent f = ParentOf(Int(env, a[0]), from);
  if (f.error != 0) return MakeInt(env, f.error);
  Parent t = ParentOf(Int(env, a[0]), to);
  if (t.error != 0) return MakeInt(env, t.error);
  return MakeInt(env, Check(linkat(f.dir.get(), f.last, t.dir.get(), t.last, 0)));
}

napi_value SymlinkAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  Text target(env, a[1]);
  Text path(env, a[2]);
  if (target.error != 0) return MakeInt(env, target.error);
  Parent p = ParentOf(Int(env, a[0]), path);
  if (p.error != 0) return MakeInt(env, p.error);
  return MakeInt(env, Check(symlinkat(target.data, p.dir.get(), p.last)));
}

napi_value MknodAt(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  Text path(env, a[1]);
  Parent p = ParentOf(Int(env, a[0]), path);
  if (p.error != 0) return MakeInt(env, p.error);
  return MakeInt(env, Check(mknodat(p.dir.get(), p.last, static_cast<mode_t>(Int(env, a[2])),
                                    static_cast<dev_t>(Num(env, a[3])))));
}

napi_value ChmodAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  Text path(env, a[1]);
  Fd fd = Object(Int(env, a[0]), path);
  if (fd.get() < 0) return MakeInt(env, fd.get());
  struct stat st;
  if (fstat(fd.get(), &st) < 0) return MakeInt(env, -errno);
  if (S_ISLNK(st.st_mode)) return MakeInt(env, -EOPNOTSUPP);
  return MakeInt(env, Check(chmod(ProcName(fd.get()).text, static_cast<mode_t>(Int(env, a[2]) & 07777))));
}

napi_value ChownAt(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  Text path(env, a[1]);
  Fd fd = Object(Int(env, a[0]), path);
  if (fd.get() < 0) return MakeInt(env, fd.get());
  // -1 keeps; ids above 2^31 travel as doubles.
  auto id = [&](napi_value v) {
    double d = Num(env, v);
    return d >= 0 && d < 4294967295.0 ? static_cast<uid_t>(d) : static_cast<uid_t>(-1);
  };
  return MakeInt(env, Check(fchownat(fd.get(), "", id(a[2]), id(a[3]), AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)));
}

napi_value UtimensAt(napi_env env, napi_callback_info info) {
  napi_value a[6];
  Args(env, info, a);
  Text path(env, a[1]);
  int dir = Int(env, a[0]);
  struct timespec ts[2] = {{static_cast<time_t>(Num(env, a[2])), static_cast<long>(Num(env, a[3]))},
                           {static_cast<time_t>(Num(env, a[4])), static_cast<long>(Num(env, a[5]))}};
  if (path.error == 0 && path.empty())
    return MakeInt(env, Check(utimensat(AT_FDCWD, ProcName(dir).text, ts, 0)));
  Parent p = ParentOf(dir, path);
  if (p.error != 0) return MakeInt(env, p.error);
  return MakeInt(env, Check(utimensat(p.dir.get(), p.last, ts, AT_SYMLINK_NOFOLLOW)));
}

napi_value Ftruncate(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  off_t size;
  if (!Offset(env, a[1], &size)) return MakeInt(env, -EINVAL);
  return MakeInt(env, Check(ftruncate(Int(env, a[0]), size)));
}

napi_value Fallocate(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  off_t pos, len;
  if (!Offset(env, a[2], &pos) || !Offset(env, a[3], &len)) return MakeInt(env, -EINVAL);
  return MakeInt(env, Check(fallocate(Int(env, a[0]), Int(env, a[1]), pos, len)));
}

napi_value Fsync(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  bool data_only = false;
  napi_get_value_bool(env, a[1], &data_only);
  int fd = Int(env, a[0]);
  return MakeInt(env, Check(data_only ? fdatasync(fd) : fsync(fd)));
}

napi_value Lseek(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  double pos = Num(env, a[1]);
  if (!(std::fabs(pos) <= 9007199254740991.0)) return MakeInt(env, -EINVAL);
  off_t r = lseek(Int(env, a[0]), static_cast<off_t>(pos), Int(env, a[2]));
  return MakeInt(env, r < 0 ? -errno : r);
}

napi_value Statfs(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  Text path(env, a[1]);
  Fd fd = Object(Int(env, a[0]), path);
  if (fd.get() < 0) return MakeInt(env, fd.get());
  struct statfs st;
  if (fstatfs(fd.get(), &st) < 0) return MakeInt(env, -errno);
  napi_value r;
  napi_create_object(env, &r);
  SetNumber(env, r, "type", static_cast<double>(st.f_type));
  SetNumber(env, r, "bsize", static_cast<double>(st.f_bsize));
  SetNumber(env, r, "blocks", static_cast<double>(st.f_blocks));
  SetNumber(env, r, "bfree", static_cast<double>(st.f_bfree));
  SetNumber(env, r, "bavail", static_cast<double>(st.f_bavail));
  SetNumber(env, r, "files", static_cast<double>(st.f_files));
  SetNumber(env, r, "ffree", static_cast<double>(st.f_ffree));
  SetNumber(env, r, "namelen", static_cast<double>(st.f_namelen));
  return r;
}

napi_value MakeBytes(napi_env env, const void *bytes, size_t len) {
  void *data = nullptr;
  napi_value buffer, array;
  napi_create_arraybuffer(env, len, &data, &buffer);
  if (len > 0) memcpy(data, bytes, len);
  napi_create_typedarray(env, napi_uint8_array, len, buffer, 0, &array);
  return array;
}

// The extended attribute calls take no O_PATH descriptor, but its name below /proc.
napi_value Getxattr(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  Text path(env, a[1]);
  Text name(env, a[2]);
  Fd fd = Object(Int(env, a[0]), path);
  if (fd.get() < 0) return MakeInt(env, fd.get());
  if (name.error != 0) return MakeInt(env, name.error);
  static std::vector<uint8_t> value(kMaxXattr);
  ssize_t n = getxattr(ProcName(fd.get()).text, name.data, value.data(), value.size());
  return n < 0 ? MakeInt(env, -errno) : MakeBytes(env, value.data(), static_cast<size_t>(n));
}

napi_value Setxattr(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  Text path(env, a[1]);
  Text name(env, a[2]);
  uint8_t *data;
  size_t size;
  Fd fd = Object(Int(env, a[0]), path);
  if (fd.get() < 0) return MakeInt(env, fd.get());
  if (name.error != 0) return MakeInt(env, name.error);
  if (!Bytes(env, a[3], &data, &size)) return MakeInt(env, -EINVAL);
  return MakeInt(env, Check(setxattr(ProcName(fd.get()).text, name.data, data, size, Int(env, a[4]))));
}

napi_value Listxattr(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  Text path(env, a[1]);
  Fd fd = Object(Int(env, a[0]), path);
  if (fd.get() < 0) return MakeInt(env, fd.get());
  static std::vector<char> names(kMaxXattr);
  ssize_t n = listxattr(ProcName(fd.get()).text, names.data(), names.size());
  return n < 0 ? MakeInt(env, -errno) : MakeBytes(env, names.data(), static_cast<size_t>(n));
}

napi_value Removexattr(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  Text path(env, a[1]);
  Text name(env, a[2]);
  Fd fd = Object(Int(env, a[0]), path);
  if (fd.get() < 0) return MakeInt(env, fd.get());
  if (name.error != 0) return MakeInt(env, name.error);
  return MakeInt(env, Check(removexattr(ProcName(fd.get()).text, name.data)));
}

napi_value Memfd(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  Text name(env, a[0]);
  if (name.error != 0) return MakeInt(env, name.error);
  return MakeInt(env, Check(memfd_create(name.data, MFD_CLOEXEC)));
}

// Through memory, where the two files have no common way (different file systems).
ssize_t CopyThroughMemory(int in, off_t in_pos, int out, off_t out_pos, size_t len) {
  static std::vector<uint8_t> buffer(256 << 10);
  size_t done = 0;
  while (done < len) {
    ssize_t got = pread(in, buffer.data(), std::min(buffer.size(), len - done), in_pos + static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return done > 0 ? static_cast<ssize_t>(done) : -errno;
    if (got == 0) break;
    for (ssize_t put = 0; put < got;) {
      ssize_t n = pwrite(out, buffer.data() + put, static_cast<size_t>(got - put), out_pos + static_cast<off_t>(done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return done > 0 ? static_cast<ssize_t>(done) : -errno;
      put += n;
      done += static_cast<size_t>(n);
    }
  }
  return static_cast<ssize_t>(done);
}

ssize_t Copy(int in, off_t in_pos, int out, off_t out_pos, size_t len) {
  size_t done = 0;
  while (done < len) {
    ssize_t n = copy_file_range(in, &in_pos, out, &out_pos, len - done, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n > 0) {
      done += static_cast<size_t>(n);
      continue;
    }
    if (n < 0 && errno != EXDEV && errno != EINVAL && errno != EOPNOTSUPP && errno != ENOSYS)
      return done > 0 ? static_cast<ssize_t>(done) : -errno;
    // 0 may be the end, or a file whose size the host does not know (/proc).
    ssize_t rest = CopyThroughMemory(in, in_pos, out, out_pos, len - done);
    if (rest < 0) return done > 0 ? static_cast<ssize_t>(done) : rest;
    return static_cast<ssize_t>(done) + rest;
  }
  return static_cast<ssize_t>(done);
}

napi_value CopyRange(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  off_t in_pos, out_pos, len;
  if (!Offset(env, a[1], &in_pos) || !Offset(env, a[3], &out_pos) || !Offset(env, a[4], &len))
    return MakeInt(env, -EINVAL);
  return MakeInt(env, Copy(Int(env, a[0]), in_pos, Int(env, a[2]), out_pos, static_cast<size_t>(len)));
}

// The array that the stat calls fill. The reference keeps its memory for the life of the process.
void MakeStatBuf(napi_env env, napi_value exports) {
  void *data = nullptr;
  napi_value buffer, array;
  napi_ref keep;
  napi_create_arraybuffer(env, kStatFields * sizeof(double), &data, &buffer);
  napi_create_typedarray(env, napi_float64_array, kStatFields, buffer, 0, &array);
  napi_create_reference(env, array, 1, &keep);
  g_stat = static_cast<double *>(data);
  napi_set_named_property(env, exports, "statBuf", array);
}

}  // namespace

void RegisterHostFiles(Napi::Env env, Napi::Object exports) {
  using tvisor::Method;
  MakeStatBuf(env, exports);
  Method(env, exports, "openRoot", OpenRoot);
  Method(env, exports, "openAt", OpenAt);
  Method(env, exports, "close", Close);
  Method(env, exports, "statAt", StatAt);
  Method(env, exports, "fstat", Fstat);
  Method(env, exports, "readlinkAt", ReadlinkAt);
  Method(env, exports, "readdirAt", ReaddirAt);
  Method(env, exports, "pread", Pread);
  Method(env, exports, "pwrite", Pwrite);
  Method(env, exports, "mkdirAt", MkdirAt);
  Method(env, exports, "unlinkAt", UnlinkAt);
  Method(env, exports, "renameAt", RenameAt);
  Method(env, exports, "linkAt", LinkAt);
  Method(env, exports, "symlinkAt", SymlinkAt);
  Method(env, exports, "mknodAt", MknodAt);
  Method(env, exports, "chmodAt", ChmodAt);
  Method(env, exports, "chownAt", ChownAt);
  Method(env, exports, "utimensAt", UtimensAt);
  Method(env, exports, "ftruncate", Ftruncate);
  Method(env, exports, "fallocate", Fallocate);
  Method(env, exports, "fsync", Fsync);
  Method(env, exports, "lseek", Lseek);
  Method(env, exports, "statfs", Statfs);
  Method(env, exports, "getxattr", Getxattr);
  Method(env, exports, "setxattr", Setxattr);
  Method(env, exports, "listxattr", Listxattr);
  Method(env, exports, "removexattr", Removexattr);
  Method(env, exports, "memfd", Memfd);
  Method(env, exports, "copyRange", CopyRange);
}
