// Unix sockets of the host below a root descriptor (--host-uds): connected to and bound through /proc/self/fd, so that no path is
// ever walked but by openat2(2) with kResolve. All of them are non-blocking. Results below zero are negative errnos.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "paths.h"

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::OpenPath;
using tvisor::Parent;
using tvisor::PathArg;
using tvisor::Result;

// A descriptor that is closed at the end unless it is taken.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(const Fd &) = delete;
  Fd &operator=(const Fd &) = delete;
  int get() const {
    return fd_;
  }
  int take() {
    int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

int NewSocket(int type) {
  if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET) return -ESOCKTNOSUPPORT;
  return Result(socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// The socket behind a path: its O_PATH descriptor, -ECONNREFUSED for what is none.
int OpenSocket(int root, const char *path) {
  Fd place(OpenPath(root, path));
  if (place.get() < 0) return place.get();
  struct stat st;
  if (fstat(place.get(), &st) < 0) return -errno;
  return S_ISSOCK(st.st_mode) ? place.take() : -ECONNREFUSED;
}

// @param 3 a socket to connect, or -1 for a new one
napi_value Connect(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  PathArg path(env, a[1]);
  if (path.error != 0) return MakeInt(env, path.error);
  Fd place(OpenSocket(Int(env, a[0]), path.text));
  if (place.get() < 0) return MakeInt(env, place.get());
  const int given = Int(env, a[3]);
  Fd fresh(given >= 0 ? -1 : NewSocket(Int(env, a[2])));
  const int fd = given >= 0 ? given : fresh.get();
  if (fd < 0) return MakeInt(env, fd);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  snprintf(name.sun_path, sizeof name.sun_path, "/proc/self/fd/%d", place.get());
  if (connect(fd, reinterpret_cast<sockaddr *>(&name), sizeof name) < 0) return MakeInt(env, -errno);
  fresh.take();
  return MakeInt(env, fd);
}

// A name too long for the address goes through a short one.
int BindLong(int fd, sockaddr_un &name, const Parent &parent) {
  for (unsigned i = 0; i < 64; i++) {
    char *end = strrchr(name.sun_path, '/') + 1;
    const size_t room = sizeof name.sun_path - static_cast<size_t>(end - name.sun_path);
    snprintf(end, room, ".tvisor-%d-%u", fd, i);
    if (bind(fd, reinterpret_cast<sockaddr *>(&name), sizeof name) < 0) {
      if (errno == EADDRINUSE) continue;
      return -errno;
    }
    if (renameat2(parent.fd(), end, parent.fd(), parent.name(), RENAME_NOREPLACE) == 0) return 0;
    const int error = errno;
    unlinkat(parent.fd(), end, 0);
    return -error;
  }
  return -EADDRINUSE;
}

napi_value Bind(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  PathArg path(env, a[1]);
  Parent parent(Int(env, a[0]), path);
  if (parent.fd() < 0) return MakeInt(env, parent.fd());
  Fd fd(NewSocket(Int(env, a[2])));
  if (fd.get() < 0) return MakeInt(env, fd.get());
  // The file gets the mode of the socket: nobody else may use it before its own mode is set.
  if (fchmod(fd.get(), 0600) < 0) return MakeInt(env, -errno);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const int n =
      snprintf(name.sun_path, sizeof name.sun_path, "/proc/self/fd/%d/%s", parent.fd(), parent.name());
  int r;
  if (n < static_cast<int>(sizeof name.sun_path)) {
    r = Result(bind(fd.get(), reinterpret_cast<sockaddr *>(&name), sizeof name));
  } else {
    snprintf(name.sun_path, sizeof name.sun_path, "/proc/self/fd/%d/", parent.fd());
    r = BindLong(fd.get(), name, parent);
  }
  // What mknod(2) says of a name that is taken.
  if (r < 0) return MakeInt(env, r == -EADDRINUSE ? -EEXIST : r);
  return MakeInt(env, fd.take());
}

}  // namespace

void RegisterHostUnixSockets(Napi::Env env, Napi::Object exports) {
  using tvisor::Method;
  Method(env, exports, "udsConnect", Connect);
  Method(env, exports, "udsBind", Bind);
}
