// The control socket and the stubs' sockets. The sentry's side never waits: readiness comes as SIGIO (F_SETOWN_EX,
// O_ASYNC of fcntl(2)), which costs the calls of guests nothing, where a descriptor to poll would cost each of them a ppoll(2).
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "ctl.h"

namespace tvisor {

namespace {

// SCM_MAX_FD of the kernel.
constexpr size_t kMaxFds = 253;

// Has SIGIO sent to the calling thread whenever something happens to the socket. What has happened before is not told.
napi_value SignalSocket(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  const int fd = Int(env, a[0]);
  f_owner_ex owner{F_OWNER_TID, static_cast<pid_t>(syscall(SYS_gettid))};
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETOWN_EX, &owner) < 0 || fcntl(fd, F_SETFL, flags | O_ASYNC | O_NONBLOCK) < 0)
    return MakeInt(env, -errno);
  return MakeInt(env, 0);
}

// (listener) -> descriptor or -errno.
napi_value AcceptSocket(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  const int fd = accept4(Int(env, a[0]), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  return MakeInt(env, fd < 0 ? -errno : fd);
}

uint8_t *Bytes(napi_env env, napi_value v, size_t *length) {
  void *data = nullptr;
  napi_get_typedarray_info(env, v, nullptr, length, &data, nullptr, nullptr);
  return static_cast<uint8_t *>(data);
}

// (fd, buffer, offset, descriptors: number[], wait) -> bytes, 0 at the end, or -errno. Descriptors that came are appended to the
// array.
napi_value ReceiveMessage(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  size_t length = 0;
  uint8_t *data = Bytes(env, a[1], &length);
  const auto off = static_cast<size_t>(Int(env, a[2]));
  if (data == nullptr || off > length) return MakeInt(env, -EINVAL);
  bool wait = false;
  napi_get_value_bool(env, a[4], &wait);
  iovec v{data + off, length - off};
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxFds * sizeof(int))];
  msghdr h{};
  h.msg_iov = &v;
  h.msg_iovlen = 1;
  h.msg_control = control;
  h.msg_controllen = sizeof control;
  ssize_t n;
  do {
    n = recvmsg(Int(env, a[0]), &h, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
  } while (n < 0 && errno == EINTR);
  if (n < 0) return MakeInt(env, -errno);
  for (cmsghdr *c = CMSG_FIRSTHDR(&h); c != nullptr; c = CMSG_NXTHDR(&h, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
      uint32_t at = 0;
      napi_get_array_length(env, a[3], &at);
      napi_set_element(env, a[3], at, MakeInt(env, fd));
    }
  }
  return MakeInt(env, n);
}

// (fd, buffer, offset) -> bytes sent or -errno; never waits, raises no SIGPIPE.
napi_value SendBytes(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  size_t length = 0;
  uint8_t *data = Bytes(env, a[1], &length);
  const auto off = static_cast<size_t>(Int(env, a[2]));
  if (data == nullptr || off > length) return MakeInt(env, -EINVAL);
  ssize_t n;
  do {
    n = send(Int(env, a[0]), data + off, length - off, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  return MakeInt(env, n < 0 ? -errno : n);
}

// (path) -> connected stream socket or -errno. Longer paths than sun_path holds go by a descriptor of the
// directory.
napi_value ConnectSocket(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  const std::string path = Napi::String(env, a[0]).Utf8Value();
  const size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const int dir = open(slash == std::string::npos ? "." : path.substr(0, slash + 1).c_str(),
                       O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0) return MakeInt(env, -errno);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const int length =
      snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", dir, name.c_str());
  int fd = -1, error = ENAMETOOLONG;
  if (length < static_cast<int>(sizeof address.sun_path)) {
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    error = errno;
    if (fd >= 0 && connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) < 0) {
      error = errno;
      close(fd);
      fd = -1;
    }
  }
  close(dir);
  return MakeInt(env, fd < 0 ? -error : fd);
}

// (fd, bytes, descriptors) -> 0 or -errno: all of the bytes, the descriptors with the first; waits for room.
napi_value SendMessage(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  size_t length = 0;
  uint8_t *data = Bytes(env, a[1], &length);
  uint32_t count = 0;
  napi_get_array_length(env, a[2], &count);
  if (data == nullptr || count > kMaxFds) return MakeInt(env, -EINVAL);
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxFds * sizeof(int))] = {};
  iovec v{data, length};
  msghdr h{};
  h.msg_iov = &v;
  h.msg_iovlen = 1;
  if (count > 0) {
    h.msg_control = control;
    h.msg_controllen = CMSG_SPACE(count * sizeof(int));
    cmsghdr *c = CMSG_FIRSTHDR(&h);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(count * sizeof(int));
    for (uint32_t i = 0; i < count; i++) {
      napi_value v;
      napi_get_element(env, a[2], i, &v);
      const int fd = Int(env, v);
      memcpy(CMSG_DATA(c) + i * sizeof fd, &fd, sizeof fd);
    }
  }
  while (v.iov_len > 0) {
    const ssize_t n = sendmsg(Int(env, a[0]), &h, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) {
      // The runtime's event loop makes its sockets non-blocking.
      pollfd room{Int(env, a[0]), POLLOUT, 0};
      poll(&room, 1, -1);
      continue;
    }
    if (n < 0) return MakeInt(env, -errno);
    v.iov_base = static_cast<uint8_t *>(v.iov_base) + n;
    v.iov_len -= static_cast<size_t>(n);
    h.msg_control = nullptr;
    h.msg_controllen = 0;
  }
  return MakeInt(env, 0);
}

}  // namespace

void RegisterControl(napi_env env, napi_value exports) {
  Method(env, exports, "signalSocket", SignalSocket);
  Method(env, exports, "acceptSocket", AcceptSocket);
  Method(env, exports, "receiveMessage", ReceiveMessage);
  Method(env, exports, "sendBytes", SendBytes);
  Method(env, exports, "connectSocket", ConnectSocket);
  Method(env, exports, "sendMessage", SendMessage);
}

}  // namespace tvisor
