// The list behind socket-options.h.
#include "socket-options.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <iterator>

// Newer than some C libraries.
#ifndef SO_TXREHASH
#define SO_TXREHASH 74
#endif
#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif

namespace tvisor {

namespace {

struct Option {
  int level, name;
  bool get, set;
};

constexpr Option Both(int level, int name) {
  return {level, name, true, true};
}
constexpr Option Get(int level, int name) {
  return {level, name, true, false};
}
constexpr Option Set(int level, int name) {
  return {level, name, false, true};
}

constexpr Option kOptions[] = {
    Both(SOL_SOCKET, SO_BINDTODEVICE),
    Both(SOL_SOCKET, SO_BINDTOIFINDEX),
    Both(SOL_SOCKET, SO_BROADCAST),
    Both(SOL_SOCKET, SO_BSDCOMPAT),
    Both(SOL_SOCKET, SO_BUF_LOCK),
    Both(SOL_SOCKET, SO_DEBUG),
    Both(SOL_SOCKET, SO_DONTROUTE),
    Both(SOL_SOCKET, SO_INCOMING_CPU),
    Both(SOL_SOCKET, SO_KEEPALIVE),
    Both(SOL_SOCKET, SO_LINGER),
    Both(SOL_SOCKET, SO_LOCK_FILTER),
    Both(SOL_SOCKET, SO_MARK),
    Both(SOL_SOCKET, SO_MAX_PACING_RATE),
    Both(SOL_SOCKET, SO_NOFCS),
    Both(SOL_SOCKET, SO_NO_CHECK),
    Both(SOL_SOCKET, SO_OOBINLINE),
    Both(SOL_SOCKET, SO_PASSCRED),
    Both(SOL_SOCKET, SO_PASSSEC),
    Both(SOL_SOCKET, SO_PEEK_OFF),
    Both(SOL_SOCKET, SO_PRIORITY),
    Both(SOL_SOCKET, SO_RCVBUF),
    Both(SOL_SOCKET, SO_RCVLOWAT),
    Both(SOL_SOCKET, SO_RCVMARK),
    Both(SOL_SOCKET, SO_REUSEADDR),
    Both(SOL_SOCKET, SO_REUSEPORT),
    Both(SOL_SOCKET, SO_RXQ_OVFL),
    Both(SOL_SOCKET, SO_SELECT_ERR_QUEUE),
    Both(SOL_SOCKET, SO_SNDBUF),
    Both(SOL_SOCKET, SO_TIMESTAMP_NEW),
    Both(SOL_SOCKET, SO_TIMESTAMP_OLD),
    Both(SOL_SOCKET, SO_TIMESTAMPNS_NEW),
    Both(SOL_SOCKET, SO_TIMESTAMPNS_OLD),
    Both(SOL_SOCKET, SO_TIMESTAMPING_NEW),
    Both(SOL_SOCKET, SO_TIMESTAMPING_OLD),
    Both(SOL_SOCKET, SO_TXREHASH),
    Both(SOL_SOCKET, SO_WIFI_STATUS),
    Get(SOL_SOCKET, SO_ACCEPTCONN),
    Get(SOL_SOCKET, SO_BUSY_POLL),
    Get(SOL_SOCKET, SO_COOKIE),
    Get(SOL_SOCKET, SO_DOMAIN),
    Get(SOL_SOCKET, SO_ERROR),
    Get(SOL_SOCKET, SO_INCOMING_NAPI_ID),
    Get(SOL_SOCKET, SO_MEMINFO),
    Get(SOL_SOCKET, SO_NETNS_COOKIE),
    Get(SOL_SOCKET, SO_PEERNAME),
    Get(SOL_SOCKET, SO_PREFER_BUSY_POLL),
    Get(SOL_SOCKET, SO_PROTOCOL),
    Get(SOL_SOCKET, SO_SNDLOWAT),
    Get(SOL_SOCKET, SO_TYPE),
    Set(SOL_SOCKET, SO_RCVBUFFORCE),
    Set(SOL_SOCKET, SO_SNDBUFFORCE),

    Both(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT),
    Both(IPPROTO_IP, IP_CHECKSUM),
    Both(IPPROTO_IP, IP_FREEBIND),
    Both(IPPROTO_IP, IP_LOCAL_PORT_RANGE),
    Both(IPPROTO_IP, IP_MINTTL),
    Both(IPPROTO_IP, IP_MTU_DISCOVER),
    Both(IPPROTO_IP, IP_MULTICAST_ALL),
    Both(IPPROTO_IP, IP_MULTICAST_IF),
    Both(IPPROTO_IP, IP_MULTICAST_LOOP),
    Both(IPPROTO_IP, IP_MULTICAST_TTL),
    Both(IPPROTO_IP, IP_PKTINFO),
    Both(IPPROTO_IP, IP_RECVERR),
    Both(IPPROTO_IP, IP_RECVFRAGSIZE),
    Both(IPPROTO_IP, IP_RECVOPTS),
    Both(IPPROTO_IP, IP_RECVORIGDSTADDR),
    Both(IPPROTO_IP, IP_RECVTOS),
    Both(IPPROTO_IP, IP_RECVTTL),
    Both(IPPROTO_IP, IP_RETOPTS),
    Both(IPPROTO_IP, IP_TOS),
    Both(IPPROTO_IP, IP_TTL),
    Both(IPPROTO_IP, IP_UNICAST_IF),
    Get(IPPROTO_IP, IP_MTU),
    Set(IPPROTO_IP, IP_ADD_MEMBERSHIP),
    Set(IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP),
    Set(IPPROTO_IP, IP_BLOCK_SOURCE),
    Set(IPPROTO_IP, IP_DROP_MEMBERSHIP),
    Set(IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP),
    Set(IPPROTO_IP, IP_UNBLOCK_SOURCE),
    Set(IPPROTO_IP, MCAST_BLOCK_SOURCE),
    Set(IPPROTO_IP, MCAST_JOIN_GROUP),
    Set(IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP),
    Set(IPPROTO_IP, MCAST_LEAVE_GROUP),
    Set(IPPROTO_IP, MCAST_LEAVE_SOURCE_GROUP),
    Set(IPPROTO_IP, MCAST_UNBLOCK_SOURCE),

    Both(IPPROTO_IPV6, IPV6_ADDR_PREFERENCES),
    Both(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL),
    Both(IPPROTO_IPV6, IPV6_DONTFRAG),
    Both(IPPROTO_IPV6, IPV6_FREEBIND),
    Both(IPPROTO_IPV6, IPV6_MINHOPCOUNT),
    Both(IPPROTO_IPV6, IPV6_MTU_DISCOVER),
    Both(IPPROTO_IPV6, IPV6_MULTICAST_ALL),
    Both(IPPROTO_IPV6, IPV6_MULTICAST_HOPS),
    Both(IPPROTO_IPV6, IPV6_MULTICAST_IF),
    Both(IPPROTO_IPV6, IPV6_MULTICAST_LOOP),
    Both(IPPROTO_IPV6, IPV6_RECVERR),
    Both(IPPROTO_IPV6, IPV6_RECVFRAGSIZE),
    Both(IPPROTO_IPV6, IPV6_RECVHOPLIMIT),
    Both(IPPROTO_IPV6, IPV6_RECVORIGDSTADDR),
    Both(IPPROTO_IPV6, IPV6_RECVPATHMTU),
    Both(IPPROTO_IPV6, IPV6_RECVPKTINFO),
    Both(IPPROTO_IPV6, IPV6_RECVTCLASS),
    Both(IPPROTO_IPV6, IPV6_TCLASS),
    Both(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
    Both(IPPROTO_IPV6, IPV6_UNICAST_IF),
    Both(IPPROTO_IPV6, IPV6_V6ONLY),
    Get(IPPROTO_IPV6, IPV6_MTU),
    Set(IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP),
    Set(IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP),
    Set(IPPROTO_IPV6, MCAST_BLOCK_SOURCE),
    Set(IPPROTO_IPV6, MCAST_JOIN_GROUP),
    Set(IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP),
    Set(IPPROTO_IPV6, MCAST_LEAVE_GROUP),
    Set(IPPROTO_IPV6, MCAST_LEAVE_SOURCE_GROUP),
    Set(IPPROTO_IPV6, MCAST_UNBLOCK_SOURCE),

    Both(IPPROTO_TCP, TCP_CONGESTION),
    Both(IPPROTO_TCP, TCP_CORK),
    Both(IPPROTO_TCP, TCP_DEFER_ACCEPT),
    Both(IPPROTO_TCP, TCP_FASTOPEN),
    Both(IPPROTO_TCP, TCP_INQ),
    Both(IPPROTO_TCP, TCP_KEEPCNT),
    Both(IPPROTO_TCP, TCP_KEEPIDLE),
    Both(IPPROTO_TCP, TCP_KEEPINTVL),
    Both(IPPROTO_TCP, TCP_LINGER2),
    Both(IPPROTO_TCP, TCP_MAXSEG),
    Both(IPPROTO_TCP, TCP_NODELAY),
    Both(IPPROTO_TCP, TCP_NOTSENT_LOWAT),
    Both(IPPROTO_TCP, TCP_QUICKACK),
    Both(IPPROTO_TCP, TCP_SYNCNT),
    Both(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS),
    Both(IPPROTO_TCP, TCP_TX_DELAY),
    Both(IPPROTO_TCP, TCP_USER_TIMEOUT),
    Both(IPPROTO_TCP, TCP_WINDOW_CLAMP),
    Get(IPPROTO_TCP, TCP_CC_INFO),
    Get(IPPROTO_TCP, TCP_INFO),
    Get(IPPROTO_TCP, TCP_TIMESTAMP),

    Both(IPPROTO_UDP, UDP_CORK),
    Both(IPPROTO_UDP, UDP_GRO),
    Both(IPPROTO_UDP, UDP_NO_CHECK6_RX),
    Both(IPPROTO_UDP, UDP_NO_CHECK6_TX),
    Both(IPPROTO_UDP, UDP_SEGMENT),
};

const Option *Find(int level, int name) {
  auto it = std::find_if(std::begin(kOptions), std::end(kOptions),
                         [&](const Option &o) { return o.level == level && o.name == name; });
  return it == std::end(kOptions) ? nullptr : &*it;
}

}  // namespace

bool MayGet(int level, int name) {
  const Option *o = Find(level, name);
  return o != nullptr && o->get;
}

bool MaySet(int level, int name) {
  const Option *o = Find(level, name);
  return o != nullptr && o->set;
}

}  // namespace tvisor
