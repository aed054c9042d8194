// Unix sockets of the runtime's host side, beside those of addon/platform/control.cc. unix(7).
// Results below zero are negative errnos.
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "host-paths.h"

namespace {

using tvisor::Args;
using tvisor::HostPath;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::Method;
using tvisor::Result;
using tvisor::Retry;

// As many as the kernel takes in one message.
constexpr size_t kMaxFds = 253;

napi_value MakePair(napi_env env, int first, int second) {
  napi_value pair;
  napi_create_array_with_length(env, 2, &pair);
  napi_set_element(env, pair, 0, MakeInt(env, first));
  napi_set_element(env, pair, 1, MakeInt(env, second));
  return pair;
}

// @param 0 SOCK_STREAM or SOCK_SEQPACKET
napi_value SocketPair(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  int sv[2];
  if (socketpair(AF_UNIX, Int(env, a[0]) | SOCK_CLOEXEC, 0, sv) < 0) return MakeInt(env, -errno);
  return MakePair(env, sv[0], sv[1]);
}

// @param 0 a directory's path, 1 a short name in it, 2 the backlog
napi_value Listen(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  HostPath directory(env, a[0]), name(env, a[1]);
  if (directory.error != 0) return MakeInt(env, directory.error);
  if (name.error != 0) return MakeInt(env, name.error);
  const int place = open(directory.text, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (place < 0) return MakeInt(env, -errno);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const int n = snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", place, name.text);
  int r = n < static_cast<int>(sizeof address.sun_path) ? 0 : -ENAMETOOLONG;
  const int fd = r < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (r == 0) r = Result(fd);
  // The file gets the mode of the socket: for the owner alone from its first moment.
  if (fd >= 0 &&
      (fchmod(fd, 0600) < 0 || bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) < 0 ||
       listen(fd, Int(env, a[2])) < 0)) {
    r = -errno;
    close(fd);
  }
  close(place);
  return MakeInt(env, r);
}

bool Bytes(napi_env env, napi_value v, uint8_t **data, size_t *length) {
  void *p = nullptr;
  if (napi_get_typedarray_info(env, v, nullptr, length, &p, nullptr, nullptr) != napi_ok) return false;
  *data = static_cast<uint8_t *>(p);
  return true;
}

void TakeFds(napi_env env, msghdr &h, napi_value fds) {
  uint32_t count = 0;
  for (cmsghdr *c = CMSG_FIRSTHDR(&h); c != nullptr; c = CMSG_NXTHDR(&h, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    for (size_t i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
      napi_set_element(env, fds, count++, MakeInt(env, fd));
    }
  }
}

// @param 0 socket, 1 room for bytes, 2 an array to put descriptors in, 3 milliseconds to wait at most, -1 for ever.
// Bytes; 0 at the end; -ETIMEDOUT.
napi_value Receive(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  uint8_t *data;
  size_t length;
  if (!Bytes(env, a[1], &data, &length)) return MakeInt(env, -EINVAL);
  pollfd p{Int(env, a[0]), POLLIN, 0};
  const int ready = Retry([&] { return poll(&p, 1, Int(env, a[3])); });
  if (ready < 0) return MakeInt(env, -errno);
  if (ready == 0) return MakeInt(env, -ETIMEDOUT);
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxFds * sizeof(int))];
  iovec v{data, length};
  msghdr h{};
  h.msg_iov = &v;
  h.msg_iovlen = 1;
  h.msg_control = control;
  h.msg_controllen = sizeof control;
  const ssize_t n = Retry([&] { return recvmsg(p.fd, &h, MSG_CMSG_CLOEXEC); });
  if (n < 0) return MakeInt(env, -errno);
  TakeFds(env, h, a[2]);
  return MakeInt(env, n);
}

}  // namespace

void RegisterHostControlSockets(Napi::Env env, Napi::Object exports) {
  Method(env, exports, "socketPair", SocketPair);
  Method(env, exports, "unixListen", Listen);
  Method(env, exports, "receiveFds", Receive);
}
