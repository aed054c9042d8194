// Regular files of a shared host directory: opened and made in one step each, with what statx(2) says of them. Names are single
// components below the descriptor of their directory; src/platform/native.ts says what each method means.
#include <sys/stat.h>

#include "paths.h"

namespace tvisor {
// files.cc
int StatDescriptor(int fd);
}  // namespace tvisor

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::Method;
using tvisor::Num;
using tvisor::PathArg;
using tvisor::Result;
using tvisor::Retry;
using tvisor::StatDescriptor;

// Opens again what a descriptor stands for.
int Reopen(int fd, int flags) {
  char name[32];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  const int kept = flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW | O_TRUNC);
  return Result(Retry([&] { return open(name, kept | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); }));
}

bool IsName(const PathArg &name) {
  return memchr(name.text, '/', name.len) == nullptr && strcmp(name.text, ".") != 0 &&
         strcmp(name.text, "..") != 0;
}

// What is opened is the object that was looked at, whoever gives its name to another one meanwhile.
napi_value OpenFileAt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  const int dir = Int(env, a[0]);
  const PathArg name(env, a[1]);
  if (name.error != 0 || !IsName(name)) return MakeInt(env, name.error != 0 ? name.error : -EINVAL);
  int probe = dir;
  if (name.len > 0)
    probe = Result(Retry([&] { return openat(dir, name.text, O_PATH | O_NOFOLLOW | O_CLOEXEC); }));
  if (probe < 0) return MakeInt(env, probe);
  int fd = StatDescriptor(probe);
  struct stat st;
  if (fd == 0) fd = Result(fstat(probe, &st));
  if (fd == 0) fd = S_ISREG(st.st_mode) ? Reopen(probe, Int(env, a[2])) : -ENXIO;
  if (probe != dir) close(probe);
  return MakeInt(env, fd);
}

// Owner and mode of what was just made, before anybody is told of it. An id of -1 stays as it is.
int Finish(int fd, mode_t mode, double uid, double gid) {
  const auto id = [](double n) { return static_cast<uid_t>(static_cast<int64_t>(n)); };
  // A host that does not let us (a network file system) keeps the sentry's user as the owner.
  if ((uid >= 0 || gid >= 0) && fchown(fd, id(uid), id(gid)) < 0 && errno != EPERM) return -errno;
  if (fchmod(fd, mode) < 0) return -errno;
  return StatDescriptor(fd);
}

napi_value CreateAt(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  const int dir = Int(env, a[0]);
  const PathArg name(env, a[1]);
  if (name.error != 0 || !IsName(name)) return MakeInt(env, name.error != 0 ? name.error : -EINVAL);
  const mode_t mode = static_cast<mode_t>(Int(env, a[2]) & 07777);
  const bool nameless = name.len == 0;
  const int how = nameless ? __O_TMPFILE | O_DIRECTORY : O_CREAT | O_EXCL | O_NOFOLLOW;
  const char *path = nameless ? "." : name.text;
  const int fd = Result(Retry([&] { return openat(dir, path, how | O_RDWR | O_CLOEXEC, 0600); }));
  if (fd < 0) return MakeInt(env, fd);
  const int r = Finish(fd, mode, Num(env, a[3]), Num(env, a[4]));
  if (r == 0) return MakeInt(env, fd);
  close(fd);
  if (!nameless) unlinkat(dir, name.text, 0);
  return MakeInt(env, r);
}

// A name for an open file, which may have none yet.
napi_value LinkFd(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  const PathArg name(env, a[2]);
  if (name.error != 0 || name.len == 0 || !IsName(name)) return MakeInt(env, -EINVAL);
  char from[32];
  snprintf(from, sizeof from, "/proc/self/fd/%d", Int(env, a[0]));
  return MakeInt(env, Result(linkat(AT_FDCWD, from, Int(env, a[1]), name.text, AT_SYMLINK_FOLLOW)));
}

}  // namespace

void RegisterMadeFiles(Napi::Env env, Napi::Object exports) {
  Method(env, exports, "openFileAt", OpenFileAt);
  Method(env, exports, "createAt", CreateAt);
  Method(env, exports, "linkFd", LinkFd);
}
