// Ways to host objects below a root descriptor. No path ever leaves its root and no symbolic link is ever followed: every
// walk is an openat2(2) with kResolve.
#pragma once

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <napi.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "../platform/ctl.h"

namespace tvisor {

constexpr uint64_t kResolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;

template <typename F>
auto Retry(F call) {
  for (;;) {
    auto r = call();
    if (r >= 0 || errno != EINTR) return r;
  }
}

inline int Result(long r) {
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

inline int Open2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
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
// The root itself, which may be a file, is the descriptor that stands for it.
inline int OpenPath(int dir, const char *path) {
  if (*path == '\0') return Result(fcntl(dir, F_DUPFD_CLOEXEC, 3));
  return Open2(dir, path, O_PATH | O_NOFOLLOW, 0, kResolve);
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
  // An empty path is the object that `dir` stands for.
  Object(int dir, const PathArg &path)
      : fd_(path.error != 0 ? path.error
            : path.len == 0 ? dir
                            : OpenPath(dir, path.text)),
        own_(fd_ != dir) {
    snprintf(proc_, sizeof proc_, "/proc/self/fd/%d", fd_);
  }
  ~Object() {
    if (fd_ >= 0 && own_) close(fd_);
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
  bool own_;
  char proc_[32];
};

}  // namespace tvisor
