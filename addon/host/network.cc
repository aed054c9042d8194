// The network namespace that sockets of guests are made in: network_namespaces(7), setns(2), rtnetlink(7), sock_diag(7).
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <napi.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "../platform/ctl.h"

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::MakeInt;

// Sockets are made by this thread alone, so that it alone goes there. The reaper gets a namespace of its own in any case.
napi_value EnterNetwork(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  char path[4096];
  size_t len = 0;
  if (napi_get_value_string_utf8(env, a[0], path, sizeof path, &len) != napi_ok) return MakeInt(env, -EINVAL);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return MakeInt(env, -errno);
  int r = 0;
  if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
    r = -EINVAL;
  } else if (setns(fd, CLONE_NEWNET) < 0) {
    r = -errno;
  }
  close(fd);
  return MakeInt(env, r);
}

// Sockets to ask about interfaces and routes, and about sockets: made before the lock-down, which allows no more of their family.
napi_value OpenNetlink(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  const int protocol = Int(env, a[0]);
  if (protocol != NETLINK_ROUTE && protocol != NETLINK_SOCK_DIAG) return MakeInt(env, -EPROTONOSUPPORT);
  const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  return MakeInt(env, fd < 0 ? -errno : fd);
}

// What would change anything is refused: being allowed to is the sentry's privilege, not the guest's.
bool OnlyAsks(const nlmsghdr &h, int protocol) {
  if (protocol == NETLINK_SOCK_DIAG) return h.nlmsg_type == SOCK_DIAG_BY_FAMILY;
  // Of four types in a row the third asks.
  return h.nlmsg_type >= RTM_BASE && (h.nlmsg_type & 3) == 2;
}

// Asks one question, and gives the whole answer: the kernel has it ready when sendmsg(2) returns, or makes it piece by piece in
// recvmsg(2); nothing here waits.
napi_value AskNetlink(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  void *request = nullptr, *answer = nullptr;
  size_t len = 0, room = 0;
  if (napi_get_typedarray_info(env, a[1], nullptr, &len, &request, nullptr, nullptr) != napi_ok ||
      napi_get_typedarray_info(env, a[2], nullptr, &room, &answer, nullptr, nullptr) != napi_ok)
    return MakeInt(env, -EINVAL);
  const int fd = Int(env, a[0]);
  int protocol = -1;
  socklen_t protocol_len = sizeof protocol;
  if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &protocol_len) < 0) return MakeInt(env, -errno);
  nlmsghdr h;
  if (len < sizeof h) return MakeInt(env, -EINVAL);
  memcpy(&h, request, sizeof h);
  if (h.nlmsg_len != len || !OnlyAsks(h, protocol)) return MakeInt(env, -EPERM);
  auto *out = static_cast<uint8_t *>(answer);
  // What an earlier answer may have left.
  while (recv(fd, out, room, MSG_DONTWAIT | MSG_TRUNC) >= 0) {
  }
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  if (sendto(fd, request, len, MSG_DONTWAIT, reinterpret_cast<sockaddr *>(&kernel), sizeof kernel) < 0)
    return MakeInt(env, -errno);
  size_t used = 0;
  auto &last = *reinterpret_cast<int32_t *>(tvisor::g_scratch + tvisor::kSocketMeta);
  for (;;) {
    const ssize_t n = recv(fd, out + used, room - used, MSG_DONTWAIT | MSG_TRUNC);
    if (n < 0) return MakeInt(env, errno == EAGAIN ? static_cast<int64_t>(used) : -errno);
    if (static_cast<size_t>(n) > room - used) return MakeInt(env, -ENOBUFS);
    used += static_cast<size_t>(n);
    last = static_cast<int32_t>(n);
  }
}

// SIOCGIFCONF, whose argument has a pointer: the entries into an array. @returns bytes
napi_value InterfaceList(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  void *data = nullptr;
  size_t size = 0;
  if (napi_get_typedarray_info(env, a[1], nullptr, &size, &data, nullptr, nullptr) != napi_ok)
    return MakeInt(env, -EINVAL);
  ifconf c{};
  c.ifc_len = static_cast<int>(size);
  c.ifc_buf = static_cast<char *>(data);
  return MakeInt(env, ioctl(Int(env, a[0]), SIOCGIFCONF, &c) < 0 ? -errno : c.ifc_len);
}

}  // namespace

void RegisterHostNetwork(Napi::Env env, Napi::Object exports) {
  using tvisor::Method;
  Method(env, exports, "enterNetwork", EnterNetwork);
  Method(env, exports, "netlinkOpen", OpenNetlink);
  Method(env, exports, "netlinkAsk", AskNetlink);
  Method(env, exports, "interfaceList", InterfaceList);
}
