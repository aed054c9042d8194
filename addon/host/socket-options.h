// Options that guests may read or set on sockets of the host. Not listed, and so ENOPROTOOPT: what takes addresses of memory
// (filters, TCP_ZEROCOPY_RECEIVE, SO_ZEROCOPY), what keeps the sentry busy (SO_BUSY_POLL), what sends packets another way than their
// address says (IP_OPTIONS, IP_TRANSPARENT, routing headers), and what connects by sending (TCP_FASTOPEN_CONNECT).
#pragma once

namespace tvisor {

// Is getsockopt(2), setsockopt(2) with this level and name harmless?
bool MayGet(int level, int name);
bool MaySet(int level, int name);

}  // namespace tvisor
