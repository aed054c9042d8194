// Programs that the runtime starts, and what it does with descriptors on their behalf. posix_spawn(3), pidfd_open(2),
// open_tree(2), flock(2). Results below zero are negative errnos.
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <string>
#include <vector>

#include "host-paths.h"

namespace {

using tvisor::Args;
using tvisor::HostPath;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::Method;
using tvisor::Result;
using tvisor::Retry;

std::vector<std::string> Strings(const Napi::Value &value) {
  std::vector<std::string> out;
  const Napi::Array array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++)
    out.push_back(Napi::Value(array.Get(i)).As<Napi::String>().Utf8Value());
  return out;
}

std::vector<char *> Pointers(std::vector<std::string> &strings) {
  std::vector<char *> v;
  for (auto &s : strings) v.push_back(s.data());
  v.push_back(nullptr);
  return v;
}

// Copies of descriptors above all the numbers that they shall get, so that none is overwritten before it is used.
class Lifted {
 public:
  explicit Lifted(const Napi::Array &fds) {
    const int above = static_cast<int>(fds.Length()) + 3;
    for (uint32_t i = 0; i < fds.Length() && error_ == 0; i++) {
      const int fd = Napi::Value(fds.Get(i)).As<Napi::Number>().Int32Value();
      fds_.push_back(fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, above));
      if (fd >= 0 && fds_.back() < 0) error_ = errno;
    }
  }
  ~Lifted() {
    for (int fd : fds_)
      if (fd >= 0) close(fd);
  }
  Lifted(const Lifted &) = delete;
  Lifted &operator=(const Lifted &) = delete;
  int error() const {
    return error_;
  }
  const std::vector<int> &fds() const {
    return fds_;
  }

 private:
  std::vector<int> fds_;
  int error_ = 0;
};

// { path, argv, env, fds }: descriptor fds[i] becomes number i, -1 leaves it closed. Signals are as at the beginning of the world.
// All other descriptors of this process are closed on exec. The pid.
Napi::Value Spawn(const Napi::CallbackInfo &info) {
  const Napi::Env env = info.Env();
  const Napi::Object o = info[0].As<Napi::Object>();
  const std::string path = o.Get("path").As<Napi::String>().Utf8Value();
  std::vector<std::string> argv = Strings(o.Get("argv")), envp = Strings(o.Get("env"));
  const Lifted lifted(o.Get("fds").As<Napi::Array>());
  if (lifted.error() != 0) return Napi::Number::New(env, -lifted.error());
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attr;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attr);
  for (size_t i = 0; i < lifted.fds().size(); i++) {
    const int to = static_cast<int>(i), from = lifted.fds()[i];
    if (from >= 0)
      posix_spawn_file_actions_adddup2(&actions, from, to);
    else
      posix_spawn_file_actions_addclose(&actions, to);
  }
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attr, &all);
  posix_spawnattr_setsigmask(&attr, &none);
  posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  pid_t pid;
  const int error =
      posix_spawn(&pid, path.c_str(), &actions, &attr, Pointers(argv).data(), Pointers(envp).data());
  posix_spawnattr_destroy(&attr);
  posix_spawn_file_actions_destroy(&actions);
  return Napi::Number::New(env, error != 0 ? -error : pid);
}

// @param 0 a child's pid, 1 WNOHANG or 0. Its wait status; -EAGAIN while it runs.
napi_value WaitPid(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  int status = 0;
  const pid_t r = Retry([&] { return waitpid(Int(env, a[0]), &status, Int(env, a[1])); });
  if (r < 0) return MakeInt(env, -errno);
  return MakeInt(env, r == 0 ? -EAGAIN : status);
}

// @param 0 path, 1 flags of open_tree(2)
napi_value OpenTree(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  HostPath path(env, a[0]);
  if (path.error != 0) return MakeInt(env, path.error);
  const unsigned flags = static_cast<unsigned>(Int(env, a[1])) | O_CLOEXEC;
  return MakeInt(env, Result(Retry([&] { return syscall(SYS_open_tree, AT_FDCWD, path.text, flags); })));
}

napi_value PidfdOpen(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  return MakeInt(env, Result(syscall(SYS_pidfd_open, Int(env, a[0]), 0)));
}

napi_value PidfdSignal(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  return MakeInt(env, Result(syscall(SYS_pidfd_send_signal, Int(env, a[0]), Int(env, a[1]), nullptr, 0)));
}

// @param 0 descriptor, 1 LOCK_*
napi_value Flock(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  return MakeInt(env, Result(Retry([&] { return flock(Int(env, a[0]), Int(env, a[1])); })));
}

// @param 0 descriptor, 1 least number of the copy, 2 whether it is closed on exec
napi_value Duplicate(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  bool cloexec = true;
  napi_get_value_bool(env, a[2], &cloexec);
  return MakeInt(env, Result(fcntl(Int(env, a[0]), cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, Int(env, a[1]))));
}

napi_value SetCloseOnExec(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  bool cloexec = true;
  napi_get_value_bool(env, a[1], &cloexec);
  return MakeInt(env, Result(fcntl(Int(env, a[0]), F_SETFD, cloexec ? FD_CLOEXEC : 0)));
}

}  // namespace

void RegisterHostSpawn(Napi::Env env, Napi::Object exports) {
  exports.Set("spawn", Napi::Function::New(env, Spawn));
  Method(env, exports, "waitPid", WaitPid);
  Method(env, exports, "openTree", OpenTree);
  Method(env, exports, "pidfdOpen", PidfdOpen);
  Method(env, exports, "pidfdSignal", PidfdSignal);
  Method(env, exports, "flock", Flock);
  Method(env, exports, "duplicate", Duplicate);
  Method(env, exports, "setCloseOnExec", SetCloseOnExec);
}
