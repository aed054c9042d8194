// The control block and the staging area shared with the sentry, and what the parts of the platform know of each other.
// The numbers mirror src/platform/native.ts.
#pragma once

#include <napi.h>
#include <sys/types.h>

#include <cstdint>

namespace tvisor {

enum Event : int32_t {
  kEventNone = 0,
  kEventSyscall = 1,
  kEventChild = 2,
  kEventHostFd = 3,
  kEventTimeout = 4,
  kEventHostSignal = 5,
  kEventNoGuest = 6,
  kEventHostSockets = 7,
};

enum ReplyKind : int32_t { kReplyNone = 0, kReplyValue = 1, kReplyContinue = 2 };

// One cache line of scalars, then the call's arguments raw and as doubles, then the reply.
struct Ctl {
  int32_t tid;
  int32_t nr;
  int32_t status;
  int32_t reply_kind;
  // Address behind the call's instruction.
  double ip;
  int32_t reserved[2];
  uint64_t args[6];
  double args_f64[6];
  double reply_value;
};
static_assert(offsetof(Ctl, args) == 32 && offsetof(Ctl, args_f64) == 80 &&
              offsetof(Ctl, reply_value) == 128);

// Calls by number, as they came from the listener and as they were handed to the sentry: what is missing in the second was
// answered here. The last element is for all numbers that no kernel has. Doubles, for the sentry reads them.
constexpr size_t kCountedCalls = 512;
struct CallCounts {
  double received[kCountedCalls + 1];
  double delivered[kCountedCalls + 1];
};

// What every call touches, together in one page: after a switch between processes each further page costs a miss in the
// translation buffer, which is dear inside a virtual machine.
struct alignas(4096) Hot {
  Ctl ctl;
  uint8_t ctl_rest[512 - sizeof(Ctl)];
  // struct seccomp_notif and struct seccomp_notif_resp, here as bytes so that their header need not be everywhere.
  alignas(8) uint8_t call[80];
  alignas(8) uint8_t response[24];
  bool call_open;
  volatile int wake;
  volatile int child;
  // Always 0.
  volatile int never;
  // nullptr while nobody counts.
  CallCounts *counts;
};

extern Hot g_hot;

constexpr size_t kScratchSize = 1 << 20;

// What lies beside the bytes of a message of a host socket, in the staging area (src/platform/native.ts, SOCK_META).
constexpr size_t kSocketMeta = 0x60000;

constexpr size_t kCtlSize = 512;
extern uint8_t *g_scratch;

// Pid of the reaper, 0 before start; the listener; the descriptor of the guests' pid namespace or -1.
extern pid_t g_reaper;
extern int g_listener;
// Makes the epoll that watches the operator's descriptors, before guests can use up all descriptors: who waits for it with none
// would wait for ever. 0 or errno.
int OpenWatch();
extern int g_pid_namespace;

void RegisterMemory(napi_env env, napi_value exports);
void RegisterNotify(napi_env env, napi_value exports);
void RegisterTracer(napi_env env, napi_value exports);
void RegisterRoom(napi_env env, napi_value exports);
void RegisterConfine(napi_env env, napi_value exports);
void RegisterSignalSets(napi_env env, napi_value exports);
void RegisterSync(napi_env env, napi_value exports);
void RegisterLane(napi_env env, napi_value exports);
void RegisterControl(napi_env env, napi_value exports);

// notify.cc: forgets the call that `tid` left behind when it died.
void ForgetCall(pid_t tid);
// notify.cc: prepares signal handlers before the first guest exists.
void InstallSignalHandlers();
// tracer.cc: gives a signal sent by the sentry its true siginfo at the delivery stop.
void RestoreSiginfo(pid_t tid);
// tracer.cc: forgets the saved registers of a dead task.
void ForgetTracee(pid_t tid);

// --- small helpers over the raw interface: arguments are few, and these calls are hot --------------------------

template <size_t N>
inline void Args(napi_env env, napi_callback_info info, napi_value (&argv)[N]) {
  size_t argc = N;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
}

inline double Num(napi_env env, napi_value v) {
  double d = 0;
  napi_get_value_double(env, v, &d);
  return d;
}

inline int32_t Int(napi_env env, napi_value v) {
  int32_t i = 0;
  napi_get_value_int32(env, v, &i);
  return i;
}

// An address or 64-bit value that travelled as a double. Out of range values become an address that is never mapped.
inline uint64_t Addr(napi_env env, napi_value v) {
  double d = Num(env, v);
  if (!(d >= -9.2e18 && d <= 9.2e18)) return ~uint64_t{0};
  return static_cast<uint64_t>(static_cast<int64_t>(d));
}

inline napi_value MakeInt(napi_env env, int64_t v) {
  napi_value r;
  if (v >= INT32_MIN && v <= INT32_MAX) {
    napi_create_int32(env, static_cast<int32_t>(v), &r);
  } else {
    napi_create_double(env, static_cast<double>(v), &r);
  }
  return r;
}

inline void Method(napi_env env, napi_value exports, const char *name, napi_callback cb) {
  napi_value fn;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, cb, nullptr, &fn);
  napi_set_named_property(env, exports, name, fn);
}

}  // namespace tvisor
