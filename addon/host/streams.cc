// Host descriptors that belong to the operator (standard streams, terminals), and what a guest may know of the host.
// Results below zero are negative errnos; see src/platform/native.ts for the meaning of every method.
#include <fcntl.h>
#include <napi.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "../platform/ctl.h"

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::Num;

// A byte array with the range [off, off + len) checked against its size.
struct Range {
  uint8_t *data = nullptr;
  size_t len = 0;
};

Range ByteRange(napi_env env, napi_value array, napi_value offset, napi_value length) {
  void *data = nullptr;
  size_t size = 0;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, array, &type, &size, &data, nullptr, nullptr) != napi_ok) return {};
  double off = Num(env, offset);
  double len = Num(env, length);
  if (!(off >= 0) || !(len >= 0) || off > static_cast<double>(size)) return {};
  size_t at = static_cast<size_t>(off);
  size_t room = size - at;
  return {static_cast<uint8_t *>(data) + at,
          len < static_cast<double>(room) ? static_cast<size_t>(len) : room};
}

int Ready(int fd, short events) {
  struct pollfd p = {fd, events, 0};
  int r = poll(&p, 1, 0);
  return r < 0 ? -errno : (r == 0 ? 0 : p.revents);
}

bool IsRegular(int fd) {
  struct stat st;
  return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

// The description may be shared with the operator's shell, so O_NONBLOCK is never set on it. Where the file cannot be asked
// not to wait (terminals), poll(2) says whether anything is there.
ssize_t ReadNonblock(int fd, void *buf, size_t len) {
  struct iovec iov = {buf, len};
  ssize_t n = preadv2(fd, &iov, 1, -1, RWF_NOWAIT);
  if (n >= 0) return n;
  if (errno == EAGAIN && !IsRegular(fd)) return -EAGAIN;
  if (errno != EAGAIN && errno != EOPNOTSUPP && errno != EINVAL && errno != ENOSYS) return -errno;
  int ready = Ready(fd, POLLIN);
  if (ready < 0) return ready;
  if (ready == 0) return -EAGAIN;
  n = read(fd, buf, len);
  return n < 0 ? -errno : n;
}

ssize_t WriteNonblock(int fd, const void *buf, size_t len) {
  struct iovec iov = {const_cast<void *>(buf), len};
  ssize_t n = pwritev2(fd, &iov, 1, -1, RWF_NOWAIT);
  if (n >= 0) return n;
  bool regular = IsRegular(fd);
  if (errno == EAGAIN && !regular) return -EAGAIN;
  if (errno != EAGAIN && errno != EOPNOTSUPP && errno != EINVAL && errno != ENOSYS) return -errno;
  if (regular) {
    n = write(fd, buf, len);
    return n < 0 ? -errno : n;
  }
  // POLLOUT promises room for PIPE_BUF bytes, no more.
  size_t done = 0;
  while (done < len) {
    int ready = Ready(fd, POLLOUT);
    if (ready < 0) return done > 0 ? static_cast<ssize_t>(done) : ready;
    if (ready == 0) break;
    n = write(fd, static_cast<const uint8_t *>(buf) + done, std::min<size_t>(len - done, 4096));
    if (n < 0) return done > 0 ? static_cast<ssize_t>(done) : -errno;
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  return done == 0 && len > 0 ? -EAGAIN : static_cast<ssize_t>(done);
}

napi_value ReadNonblockMethod(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  Range r = ByteRange(env, a[1], a[2], a[3]);
  if (r.data == nullptr) return MakeInt(env, -EINVAL);
  return MakeInt(env, ReadNonblock(Int(env, a[0]), r.data, r.len));
}

napi_value WriteNonblockMethod(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  Range r = ByteRange(env, a[1], a[2], a[3]);
  if (r.data == nullptr) return MakeInt(env, -EINVAL);
  return MakeInt(env, WriteNonblock(Int(env, a[0]), r.data, r.len));
}

// A terminal cannot be asked not to wait for one call only, and between poll(2) and read(2) its input may be flushed (^C). A
// description of our own, which nobody shares, may be made non-blocking.
napi_value OpenTerminal(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  int fd = Int(env, a[0]);
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return MakeInt(env, -errno);
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  int r = open(name, (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  return MakeInt(env, r < 0 ? -errno : r);
}

napi_value PollFd(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  return MakeInt(env, Ready(Int(env, a[0]), static_cast<short>(Int(env, a[1]))));
}

// The widest structure of an allowed request fits the bytes that are left after `off`.
napi_value IoctlBuf(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  double off = Num(env, a[2]);
  if (!(off >= 0) || off > static_cast<double>(tvisor::kScratchSize - 4096)) return MakeInt(env, -EINVAL);
  int r = ioctl(Int(env, a[0]), static_cast<unsigned long>(Num(env, a[1])),
                tvisor::g_scratch + static_cast<size_t>(off));
  return MakeInt(env, r < 0 ? -errno : r);
}

napi_value IoctlInt(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  int r =
      ioctl(Int(env, a[0]), static_cast<unsigned long>(Num(env, a[1])), static_cast<long>(Int(env, a[2])));
  return MakeInt(env, r < 0 ? -errno : r);
}

// Names below /proc/<pid> that the sentry may read, and names of the machine's own /proc.
constexpr const char *kProcessFiles[] = {
    "maps",     "smaps", "smaps_rollup", "stat",      "statm",     "status",   "cmdline",
    "environ",  "auxv",  "comm",         "io",        "limits",    "fdinfo/0", "fdinfo/1",
    "fdinfo/2", "wchan", "sched",        "schedstat", "numa_maps", "syscall",  "personality"};
constexpr const char *kMachineFiles[] = {"cpuinfo",
                                         "meminfo",
                                         "stat",
                                         "uptime",
                                         "loadavg",
                                         "version",
                                         "vmstat",
                                         "zoneinfo",
                                         "buddyinfo",
                                         "filesystems",
                                         "cmdline",
                                         "devices",
                                         "interrupts",
                                         "softirqs",
                                         "diskstats",
                                         "partitions",
                                         "swaps",
                                         "misc",
                                         "pressure/cpu",
                                         "pressure/io",
                                         "pressure/memory",
                                         "slabinfo",
                                         "schedstat",
                                         "sys/kernel/random/boot_id",
                                         "sys/kernel/pid_max",
                                         "sys/fs/file-max",
                                         "sys/net/ipv4/ip_unprivileged_port_start",
                                         "sys/vm/overcommit_memory",
                                         "sys/vm/max_map_count",
                                         "sys/kernel/osrelease",
                                         "sys/kernel/version",
                                         "sys/kernel/threads-max",
                                         "sys/kernel/cap_last_cap"};

// Names of /proc/net, which is the network namespace's of the sentry's first thread.
constexpr const char *kNetworkFiles[] = {
    "net/anycast6", "net/arp",           "net/dev",          "net/dev_mcast",     "net/dev_snmp6/lo",
    "net/fib_trie", "net/icmp",          "net/icmp6",        "net/if_inet6",      "net/igmp",
    "net/igmp6",    "net/ip6_flowlabel", "net/ipv6_route",   "net/mcfilter",      "net/mcfilter6",
    "net/netstat",  "net/protocols",     "net/psched",       "net/ptype",         "net/raw",
    "net/raw6",     "net/route",         "net/rt_cache",     "net/snmp",          "net/snmp6",
    "net/sockstat", "net/sockstat6",     "net/softnet_stat", "net/stat/rt_cache", "net/tcp",
    "net/tcp6",     "net/udp",           "net/udp6",         "net/udplite",       "net/udplite6"};

template <size_t N>
bool Listed(const char *const (&list)[N], const std::string &name) {
  return std::any_of(std::begin(list), std::end(list), [&](const char *s) { return name == s; });
}

// A name of a process, also below task/<tid>/.
bool ProcessFile(const std::string &name) {
  if (name.compare(0, 5, "task/") != 0) return Listed(kProcessFiles, name);
  size_t slash = name.find_first_not_of("0123456789", 5);
  if (slash == std::string::npos || slash == 5 || name[slash] != '/') return false;
  return Listed(kProcessFiles, name.substr(slash + 1));
}

napi_value HostProc(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  int pid = Int(env, a[0]);
  char name[64];
  size_t len = 0;
  if (napi_get_value_string_latin1(env, a[1], name, sizeof name, &len) != napi_ok)
    return MakeInt(env, -EINVAL);
  if (pid == -1 ? !Listed(kMachineFiles, name) && !Listed(kNetworkFiles, name) : !ProcessFile(name))
    return MakeInt(env, -ENOENT);
  char path[128];
  if (pid == -1) {
    snprintf(path, sizeof path, "/proc/%s", name);
  } else if (pid == 0) {
    snprintf(path, sizeof path, "/proc/self/%s", name);
  } else {
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  }
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return MakeInt(env, -errno);
  // The files of /proc have no size: read until the end, at most 64 MiB.
  static std::vector<char> text(16384);
  size_t used = 0;
  ssize_t n;
  while ((n = read(fd, text.data() + used, text.size() - used)) > 0) {
    used += static_cast<size_t>(n);
    if (used == text.size()) {
      if (text.size() >= (64u << 20)) break;
      text.resize(text.size() * 2);
    }
  }
  int err = errno;
  close(fd);
  if (n < 0) return MakeInt(env, -err);
  napi_value result;
  napi_create_string_latin1(env, text.data(), used, &result);
  return result;
}

double *StatBuf(napi_env env, napi_callback_info info) {
  napi_value self, buf;
  void *data = nullptr;
  size_t size = 0;
  napi_typedarray_type type;
  if (napi_get_cb_info(env, info, nullptr, nullptr, &self, nullptr) != napi_ok) return nullptr;
  if (napi_get_named_property(env, self, "statBuf", &buf) != napi_ok) return nullptr;
  if (napi_get_typedarray_info(env, buf, &type, &size, &data, nullptr, nullptr) != napi_ok) return nullptr;
  return type == napi_float64_array && size >= 2 ? static_cast<double *>(data) : nullptr;
}

napi_value ClockGettime(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  struct timespec ts;
  if (clock_gettime(static_cast<clockid_t>(Int(env, a[0])), &ts) < 0) return MakeInt(env, -errno);
  double *out = StatBuf(env, info);
  if (out == nullptr) return MakeInt(env, -EINVAL);
  out[0] = static_cast<double>(ts.tv_sec);
  out[1] = static_cast<double>(ts.tv_nsec);
  return MakeInt(env, 0);
}

napi_value CpuTime(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  clockid_t clock;
  int err = clock_getcpuclockid(Int(env, a[0]), &clock);
  if (err != 0) return MakeInt(env, -err);
  struct timespec ts;
  if (clock_gettime(clock, &ts) < 0) return MakeInt(env, -errno);
  return MakeInt(env, static_cast<int64_t>(ts.tv_sec) * 1000000 + ts.tv_nsec / 1000);
}

napi_value GetRandom(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  Range r = ByteRange(env, a[0], a[1], a[2]);
  if (r.data == nullptr) return MakeInt(env, -EINVAL);
  size_t done = 0;
  while (done < r.len) {
    ssize_t n = getrandom(r.data + done, r.len - done, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return MakeInt(env, -errno);
    done += static_cast<size_t>(n);
  }
  return MakeInt(env, static_cast<int64_t>(done));
}

constexpr size_t kCpuMaskBytes = 1024;

napi_value SchedGetaffinity(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  alignas(8) uint8_t mask[kCpuMaskBytes] = {};
  int r = sched_getaffinity(Int(env, a[0]), sizeof mask, reinterpret_cast<cpu_set_t *>(mask));
  if (r < 0) return MakeInt(env, -errno);
  // The kernel's own mask is shorter; what it did not write is zero. Give whole words up to the last used one.
  size_t len = sizeof mask;
  while (len > 8 && std::all_of(mask + len - 8, mask + len, [](uint8_t b) { return b == 0; })) len -= 8;
  void *data = nullptr;
  napi_value buffer, array;
  napi_create_arraybuffer(env, len, &data, &buffer);
  memcpy(data, mask, len);
  napi_create_typedarray(env, napi_uint8_array, len, buffer, 0, &array);
  return array;
}

napi_value SchedSetaffinity(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  void *data = nullptr;
  size_t size = 0;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, a[1], &type, &size, &data, nullptr, nullptr) != napi_ok)
    return MakeInt(env, -EINVAL);
  alignas(8) uint8_t mask[kCpuMaskBytes] = {};
  memcpy(mask, data, std::min(size, sizeof mask));
  int r = sched_setaffinity(Int(env, a[0]), sizeof mask, reinterpret_cast<cpu_set_t *>(mask));
  return MakeInt(env, r < 0 ? -errno : 0);
}

napi_value SchedSetscheduler(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  sched_param param{};
  param.sched_priority = Int(env, a[2]);
  int r = sched_setscheduler(Int(env, a[0]), Int(env, a[1]), &param);
  return MakeInt(env, r < 0 ? -errno : 0);
}

// Nice values may be negative: they travel as 20 - nice (1..40), as the system call itself has it.
napi_value GetPriority(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  errno = 0;
  int nice = getpriority(PRIO_PROCESS, static_cast<id_t>(Int(env, a[0])));
  if (nice == -1 && errno != 0) return MakeInt(env, -errno);
  return MakeInt(env, 20 - nice);
}

napi_value SetPriority(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  int r = setpriority(PRIO_PROCESS, static_cast<id_t>(Int(env, a[0])), Int(env, a[1]));
  return MakeInt(env, r < 0 ? -errno : 0);
}

napi_value Prlimit(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  auto limit = [&](napi_value v) {
    double d = Num(env, v);
    return d < 0 || d >= 9.2e18 ? RLIM_INFINITY : static_cast<rlim_t>(d);
  };
  struct rlimit value = {limit(a[2]), limit(a[3])};
  int r = prlimit(Int(env, a[0]), static_cast<__rlimit_resource>(Int(env, a[1])), &value, nullptr);
  return MakeInt(env, r < 0 ? -errno : 0);
}

}  // namespace

void RegisterHostStreams(Napi::Env env, Napi::Object exports) {
  using tvisor::Method;
  Method(env, exports, "readNonblock", ReadNonblockMethod);
  Method(env, exports, "writeNonblock", WriteNonblockMethod);
  Method(env, exports, "pollFd", PollFd);
  Method(env, exports, "openTerminal", OpenTerminal);
  Method(env, exports, "ioctlBuf", IoctlBuf);
  Method(env, exports, "ioctlInt", IoctlInt);
  Method(env, exports, "hostProc", HostProc);
  Method(env, exports, "clockGettime", ClockGettime);
  Method(env, exports, "cpuTime", CpuTime);
  Method(env, exports, "getrandom", GetRandom);
  Method(env, exports, "schedGetaffinity", SchedGetaffinity);
  Method(env, exports, "schedSetaffinity", SchedSetaffinity);
  Method(env, exports, "schedSetscheduler", SchedSetscheduler);
  Method(env, exports, "getPriority", GetPriority);
  Method(env, exports, "setPriority", SetPriority);
  Method(env, exports, "prlimit", Prlimit);
}
