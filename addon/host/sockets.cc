// Internet sockets of the host, made and used for guests (--network=host, --publish): socket(7), ip(7), tcp(7), udp(7). All of them
// are non-blocking, none is ever handed to a guest. Results below zero are negative errnos; src/platform/native.ts says more.
#include <errno.h>
#include <napi.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "../platform/ctl.h"
#include "socket-options.h"

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::Num;

// What comes beside the bytes lies in the staging area, where nothing else is put (src/platform/native.ts, SOCK_*).
constexpr size_t kMeta = tvisor::kSocketMeta, kName = kMeta + 16, kControl = kMeta + 256,
                 kControlRoom = 0x4000;

struct Meta {
  int32_t name_len;
  int32_t control_len;
  int32_t flags;
};

Meta &meta() {
  return *reinterpret_cast<Meta *>(tvisor::g_scratch + kMeta);
}

int64_t Result(int64_t r) {
  return r < 0 ? -errno : r;
}

struct Range {
  uint8_t *data = nullptr;
  size_t len = 0;
};

Range WholeOf(napi_env env, napi_value array) {
  void *data = nullptr;
  size_t size = 0;
  if (napi_get_typedarray_info(env, array, nullptr, &size, &data, nullptr, nullptr) != napi_ok) return {};
  return {static_cast<uint8_t *>(data), size};
}

// The range [off, off + len) of a byte array, cut to its size.
Range RangeOf(napi_env env, napi_value array, napi_value offset, napi_value length) {
  Range whole = WholeOf(env, array);
  const double off = Num(env, offset), len = Num(env, length);
  if (!(off >= 0) || !(len >= 0) || off > static_cast<double>(whole.len)) return {};
  const size_t at = static_cast<size_t>(off), room = whole.len - at;
  return {whole.data + at, len < static_cast<double>(room) ? static_cast<size_t>(len) : room};
}

socklen_t Length(napi_env env, napi_value v, size_t most) {
  return static_cast<socklen_t>(std::clamp<int64_t>(Int(env, v), 0, static_cast<int64_t>(most)));
}

// The confinement's filter allows these families and types and no others (platform/confine.cc).
napi_value Open(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  const int family = Int(env, a[0]), type = Int(env, a[1]), protocol = Int(env, a[2]);
  if (family != AF_INET && family != AF_INET6) return MakeInt(env, -EAFNOSUPPORT);
  if (type != SOCK_STREAM && type != SOCK_DGRAM) return MakeInt(env, -ESOCKTNOSUPPORT);
  const int usual = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
  const int ping = family == AF_INET ? +IPPROTO_ICMP : +IPPROTO_ICMPV6;
  if (protocol != 0 && protocol != usual && !(type == SOCK_DGRAM && protocol == ping))
    return MakeInt(env, -EPROTONOSUPPORT);
  return MakeInt(env, Result(socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol)));
}

napi_value Bind(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  Range name = WholeOf(env, a[1]);
  return MakeInt(env, Result(bind(Int(env, a[0]), reinterpret_cast<const sockaddr *>(name.data),
                                  static_cast<socklen_t>(name.len))));
}

napi_value Connect(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  Range name = WholeOf(env, a[1]);
  return MakeInt(env, Result(connect(Int(env, a[0]), reinterpret_cast<const sockaddr *>(name.data),
                                     static_cast<socklen_t>(name.len))));
}

napi_value Listen(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  return MakeInt(env, Result(listen(Int(env, a[0]), Int(env, a[1]))));
}

napi_value Accept(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  socklen_t len = sizeof(sockaddr_storage);
  const int fd = accept4(Int(env, a[0]), reinterpret_cast<sockaddr *>(tvisor::g_scratch + kName), &len,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
  meta().name_len = static_cast<int32_t>(len);
  return MakeInt(env, Result(fd));
}

napi_value Send(napi_env env, napi_callback_info info) {
  napi_value a[7];
  Args(env, info, a);
  Range r = RangeOf(env, a[1], a[2], a[3]);
  const int flags = Int(env, a[4]) | MSG_DONTWAIT | MSG_NOSIGNAL;
  iovec v{r.data, r.len};
  msghdr h{};
  h.msg_iov = &v;
  h.msg_iovlen = 1;
  h.msg_namelen = Length(env, a[5], sizeof(sockaddr_storage));
  if (h.msg_namelen > 0) h.msg_name = tvisor::g_scratch + kName;
  h.msg_controllen = Length(env, a[6], kControlRoom);
  if (h.msg_controllen > 0) h.msg_control = tvisor::g_scratch + kControl;
  return MakeInt(env, Result(sendmsg(Int(env, a[0]), &h, flags)));
}

napi_value Receive(napi_env env, napi_callback_info info) {
  napi_value a[6];
  Args(env, info, a);
  Range r = RangeOf(env, a[1], a[2], a[3]);
  const int flags = Int(env, a[4]) | MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
  iovec v{r.data, r.len};
  msghdr h{};
  h.msg_iov = &v;
  h.msg_iovlen = 1;
  h.msg_name = tvisor::g_scratch + kName;
  h.msg_namelen = sizeof(sockaddr_storage);
  h.msg_control = tvisor::g_scratch + kControl;
  h.msg_controllen = Length(env, a[5], kControlRoom);
  const ssize_t n = recvmsg(Int(env, a[0]), &h, flags);
  if (n < 0) return MakeInt(env, -errno);
  meta() = {static_cast<int32_t>(h.msg_namelen), static_cast<int32_t>(h.msg_controllen), h.msg_flags};
  return MakeInt(env, n);
}

napi_value GetOption(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  const int level = Int(env, a[1]), name = Int(env, a[2]);
  if (!tvisor::MayGet(level, name)) return MakeInt(env, -ENOPROTOOPT);
  socklen_t len = Length(env, a[3], kControlRoom);
  if (getsockopt(Int(env, a[0]), level, name, tvisor::g_scratch + kControl, &len) < 0)
    return MakeInt(env, -errno);
  return MakeInt(env, len);
}

napi_value SetOption(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  const int level = Int(env, a[1]), name = Int(env, a[2]);
  if (!tvisor::MaySet(level, name)) return MakeInt(env, -ENOPROTOOPT);
  Range value = WholeOf(env, a[3]);
  return MakeInt(
      env, Result(setsockopt(Int(env, a[0]), level, name, value.data, static_cast<socklen_t>(value.len))));
}

napi_value Shutdown(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  return MakeInt(env, Result(shutdown(Int(env, a[0]), Int(env, a[1]))));
}

napi_value Name(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  bool peer = false;
  napi_get_value_bool(env, a[1], &peer);
  socklen_t len = sizeof(sockaddr_storage);
  auto *name = reinterpret_cast<sockaddr *>(tvisor::g_scratch + kName);
  const int r = peer ? getpeername(Int(env, a[0]), name, &len) : getsockname(Int(env, a[0]), name, &len);
  return MakeInt(env, r < 0 ? -errno : static_cast<int64_t>(len));
}

// close(2) waits for SO_LINGER even where the descriptor is non-blocking: the time that is left is then the host's alone. A time
// of 0, which means a reset, is not waited for and stays.
napi_value Close(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  const int fd = Int(env, a[0]);
  linger l{};
  socklen_t len = sizeof l;
  if (getsockopt(fd, SOL_SOCKET, SO_LINGER, &l, &len) == 0 && l.l_onoff != 0 && l.l_linger != 0) {
    const linger off{};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof off);
  }
  return MakeInt(env, Result(close(fd)));
}

}  // namespace

void RegisterHostSockets(Napi::Env env, Napi::Object exports) {
  using tvisor::Method;
  Method(env, exports, "sockOpen", Open);
  Method(env, exports, "sockBind", Bind);
  Method(env, exports, "sockConnect", Connect);
  Method(env, exports, "sockListen", Listen);
  Method(env, exports, "sockAccept", Accept);
  Method(env, exports, "sockSend", Send);
  Method(env, exports, "sockReceive", Receive);
  Method(env, exports, "sockGetOption", GetOption);
  Method(env, exports, "sockSetOption", SetOption);
  Method(env, exports, "sockShutdown", Shutdown);
  Method(env, exports, "sockName", Name);
  Method(env, exports, "sockClose", Close);
}
