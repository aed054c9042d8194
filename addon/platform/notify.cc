// The trap's loop: receives calls (seccomp_unotify(2)), child events (waitpid(2)), readiness of the operator's
// descriptors and signals for the sentry itself, one at a time, on one thread.
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "ctl.h"

extern "C" {
long tv_interruptible_syscall(const volatile int *flag, long nr, long a1, long a2, long a3, long a4);
extern const char tv_interruptible_begin[], tv_interruptible_end[], tv_interruptible_cancel[];
}

namespace tvisor {

int g_listener = -1;

namespace {

Ctl *const g_ctl = &g_hot.ctl;
volatile int &g_wake = g_hot.wake;    // some flag below is set
volatile int &g_child = g_hot.child;  // waitpid has something
volatile sig_atomic_t g_signals[65];  // signals for the sentry
const int kForwarded[] = {SIGINT,  SIGTERM,  SIGHUP,  SIGQUIT, SIGTSTP,
                          SIGCONT, SIGWINCH, SIGUSR1, SIGUSR2, SIGIO};

static_assert(sizeof(seccomp_notif) == sizeof g_hot.call &&
              sizeof(seccomp_notif_resp) == sizeof g_hot.response);
seccomp_notif &g_call = *reinterpret_cast<seccomp_notif *>(g_hot.call);  // the call handed to the sentry last
bool &g_call_open = g_hot.call_open;                                     // ... and not answered yet
std::unordered_map<pid_t, uint64_t> g_waiting;                           // calls kept back, by thread

int g_watch = -1;  // epoll of the operator's descriptors
int g_watched = 0;

int g_sockets = -1;  // epoll of sockets made for guests, edge-triggered
bool g_sockets_last = false;
constexpr int kSocketBatch = 64;
int32_t g_socket_events[2 * kSocketBatch];  // descriptor and events of each that is ready

// The thread that waits for events, which alone the flags can wake.
pthread_t g_waiter;
pid_t g_waiter_tid;

void OnSignal(int sig, siginfo_t *, void *context) {
  // While the waiter runs this handler it has the signal blocked, and the host hands the next one to another thread of the
  // runtime, from where the flags below would come too late for a waiter that has just looked.
  if (!pthread_equal(pthread_self(), g_waiter)) {
    const int saved = errno;
    syscall(SYS_tgkill, getpid(), g_waiter_tid, sig);
    errno = saved;
    return;
  }
  if (sig == SIGCHLD) {
    g_child = 1;
  } else {
    g_signals[sig] = 1;
  }
  g_wake = 1;
  auto *uc = static_cast<ucontext_t *>(context);
  auto rip = static_cast<uintptr_t>(uc->uc_mcontext.gregs[REG_RIP]);
  if (rip >= reinterpret_cast<uintptr_t>(tv_interruptible_begin) &&
      rip < reinterpret_cast<uintptr_t>(tv_interruptible_end)) {
    uc->uc_mcontext.gregs[REG_RIP] = reinterpret_cast<greg_t>(tv_interruptible_cancel);
  }
}

int64_t ToInt64(double v) {
  return static_cast<int64_t>(v);
}

int Send(uint64_t id, int64_t value, bool proceed) {
  auto &r = *reinterpret_cast<seccomp_notif_resp *>(g_hot.response);
  memset(&r, 0, sizeof r);
  r.id = id;
  if (proceed) {
    r.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  } else if (value < 0 && value >= -4095) {
    r.error = static_cast<int32_t>(value);
  } else {
    r.val = value;
  }
  // Not ioctl(3): libc is one more page. The flag is never set; but a signal may cancel the call before it is made, or end
  // the kernel's wait for the listener's lock. An answer that is lost would be a guest that hangs.
  long sent;
  do {
    sent =
        tv_interruptible_syscall(&g_hot.never, SYS_ioctl, g_listener,
                                 static_cast<long>(SECCOMP_IOCTL_NOTIF_SEND), reinterpret_cast<long>(&r), 0);
  } while (sent == -EINTR);
  return static_cast<int>(sent);
}

// Answers the last call as the control block says, or keeps it for later.
void Settle() {
  if (!g_call_open) return;
  g_call_open = false;
  int32_t kind = g_ctl->reply_kind;
  if (kind == kReplyNone) {
    g_waiting[static_cast<pid_t>(g_call.pid)] = g_call.id;
  } else {
    Send(g_call.id, ToInt64(g_ctl->reply_value), kind == kReplyContinue);
  }
}

// The call of `tid` that waits for an answer; taken out of the books.
bool Take(pid_t tid, uint64_t *id) {
  if (g_call_open && static_cast<pid_t>(g_call.pid) == tid) {
    g_call_open = false;
    *id = g_call.id;
    return true;
  }
  auto it = g_waiting.find(tid);
  if (it == g_waiting.end()) return false;
  *id = it->second;
  g_waiting.erase(it);
  return true;
}

bool IsSignalStop(int status) {
  return WIFSTOPPED(status) && (status >> 16) == 0 && WSTOPSIG(status) != (SIGTRAP | 0x80);
}

// One child event, if there is one.
int NextChild() {
  g_child = 0;
  int status;
  pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
  if (pid == 0) return kEventNone;
  if (pid < 0) return errno == ECHILD ? kEventNoGuest : kEventNone;
  g_child = 1;  // there may be more
  g_wake = 1;
  if (!WIFSTOPPED(status)) {
    ForgetCall(pid);
    ForgetTracee(pid);
  } else if (IsSignalStop(status)) {
    RestoreSiginfo(pid);
  }
  g_ctl->tid = pid;
  g_ctl->status = status;
  return kEventChild;
}

int NextSignal() {
  for (int sig : kForwarded) {
    if (g_signals[sig]) {
      g_signals[sig] = 0;
      g_wake = 1;  // look again before sleeping
      g_ctl->tid = sig;
      return kEventHostSignal;
    }
  }
  return kEventNone;
}

double &Count(double (&counts)[kCountedCalls + 1]) {
  return counts[std::min(static_cast<size_t>(static_cast<uint32_t>(g_call.data.nr)), kCountedCalls)];
}

int Deliver() {
  if (g_hot.counts != nullptr) Count(g_hot.counts->delivered)++;
  g_call_open = true;
  g_ctl->reply_kind = kReplyNone;
  g_ctl->tid = static_cast<int32_t>(g_call.pid);
  g_ctl->nr = g_call.data.nr;
  g_ctl->ip = static_cast<double>(g_call.data.instruction_pointer);
  for (int i = 0; i < 6; i++) {
    g_ctl->args[i] = g_call.data.args[i];
    g_ctl->args_f64[i] = static_cast<double>(static_cast<int64_t>(g_call.data.args[i]));
  }
  return kEventSyscall;
}

// Blocks in the receive itself: the kernel then wakes the sentry on the caller's core, with nothing in between.
int Receive() {
  memset(&g_call, 0, sizeof g_call);
  long r =
      tv_interruptible_syscall(&g_wake, SYS_ioctl, g_listener, static_cast<long>(SECCOMP_IOCTL_NOTIF_RECV),
                               reinterpret_cast<long>(&g_call), 0);
  if (r != 0) return kEventNone;
  if (g_hot.counts != nullptr) Count(g_hot.counts->received)++;
  return Deliver();
}

// Everything that has happened to sockets since the last look, as much as there is room for.
int ReadySockets() {
  epoll_event events[kSocketBatch];
  const int n = epoll_wait(g_sockets, events, kSocketBatch, 0);
  if (n <= 0) return kEventNone;
  for (int i = 0; i < n; i++) {
    g_socket_events[2 * i] = events[i].data.fd;
    g_socket_events[2 * i + 1] = static_cast<int32_t>(events[i].events);
  }
  g_ctl->status = n;
  return kEventHostSockets;
}

// With timers or the operator's descriptors to look after, waits for all of them.
int Poll(double timeout_ms) {
  // What is not there yet is -1, which poll(2) passes over.
  pollfd fds[3] = {
      {g_listener, POLLIN, 0}, {g_watched > 0 ? g_watch : -1, POLLIN, 0}, {g_sockets, POLLIN, 0}};
  timespec ts{};
  if (timeout_ms > 0) {
    ts.tv_sec = static_cast<time_t>(timeout_ms / 1000);
    ts.tv_nsec = static_cast<long>((timeout_ms - static_cast<double>(ts.tv_sec) * 1000) * 1e6);
  }
  long r = tv_interruptible_syscall(&g_wake, SYS_ppoll, reinterpret_cast<long>(fds), 3,
                                    reinterpret_cast<long>(timeout_ms < 0 ? nullptr : &ts), 0);
  if (r == 0) return kEventTimeout;
  if (r < 0) return kEventNone;
  if ((fds[1].revents & POLLIN) != 0) {
    epoll_event ev;
    if (epoll_wait(g_watch, &ev, 1, 0) == 1) {
      g_ctl->tid = ev.data.fd;
      g_ctl->status = static_cast<int32_t>(ev.events);
      return kEventHostFd;
    }
  }
  // Guests and the network take turns, so that neither keeps the other waiting.
  const bool call = (fds[0].revents & POLLIN) != 0;
  if ((fds[2].revents & POLLIN) != 0 && !(call && g_sockets_last)) {
    g_sockets_last = true;
    return ReadySockets();
  }
  g_sockets_last = false;
  if (call) return Receive();
  if (fds[0].revents & (POLLHUP | POLLERR)) {
    // Nobody is under the filter any more: only child events are left to come.
    g_child = 1;
    g_wake = 1;
    usleep(200);
  }
  return kEventNone;
}

napi_value Next(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  double timeout_ms = Num(env, a[0]);
  Settle();
  int event = kEventNone;
  for (;;) {
    if (g_wake) {
      g_wake = 0;
      if (g_child && (event = NextChild()) != kEventNone) break;
      if ((event = NextSignal()) != kEventNone) break;
    }
    if (g_listener < 0) {
      // Before the first call only child events can come.
      tv_interruptible_syscall(&g_wake, SYS_pause, 0, 0, 0, 0);
      continue;
    }
    event = g_watched > 0 || g_sockets >= 0 || timeout_ms >= 0 ? Poll(timeout_ms) : Receive();
    if (event != kEventNone) break;
    // A signal of the runtime's own (a sampling profiler's) has ended the wait: only the caller knows how much time is left.
    if (timeout_ms >= 0 && !g_wake) break;
  }
  return MakeInt(env, event);
}

napi_value Reply(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  uint64_t id;
  if (!Take(Int(env, a[0]), &id)) return MakeInt(env, -ENOENT);
  return MakeInt(env, Send(id, ToInt64(Num(env, a[1])), false));
}

napi_value ReplyContinue(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  uint64_t id;
  if (!Take(Int(env, a[0]), &id)) return MakeInt(env, -ENOENT);
  return MakeInt(env, Send(id, 0, true));
}

// Starts counting; @returns the counters, shared: received, then delivered.
napi_value CountCalls(napi_env env, napi_callback_info) {
  static CallCounts counts;
  g_hot.counts = &counts;
  napi_value buffer, array;
  napi_create_external_arraybuffer(env, &counts, sizeof counts, nullptr, nullptr, &buffer);
  napi_create_typedarray(env, napi_float64_array, sizeof counts / sizeof(double), buffer, 0, &array);
  return array;
}

napi_value AddFd(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  pid_t tid = Int(env, a[0]);
  uint64_t id;
  if (g_call_open && static_cast<pid_t>(g_call.pid) == tid) {
    id = g_call.id;
  } else if (auto it = g_waiting.find(tid); it != g_waiting.end()) {
    id = it->second;
  } else {
    return MakeInt(env, -ENOENT);
  }
  seccomp_notif_addfd add{};
  add.id = id;
  add.flags = SECCOMP_ADDFD_FLAG_SETFD;
  add.srcfd = static_cast<uint32_t>(Int(env, a[1]));
  add.newfd = static_cast<uint32_t>(Int(env, a[2]));
  add.newfd_flags = 02000000;  // O_CLOEXEC: gone with the next program
  // The kernel waits until the guest has put the descriptor there; a child event ends that wait with nothing done.
  int r;
  do {
    r = ioctl(g_listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
  } while (r < 0 && errno == EINTR);
  return MakeInt(env, r < 0 ? -errno : r);
}

napi_value WatchFd(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  if (const int error = OpenWatch(); error != 0) return MakeInt(env, -error);
  epoll_event ev{};
  ev.events = static_cast<uint32_t>(Int(env, a[1])) | EPOLLONESHOT;
  ev.data.fd = Int(env, a[0]);
  if (epoll_ctl(g_watch, EPOLL_CTL_MOD, ev.data.fd, &ev) == 0) return MakeInt(env, 0);
  if (errno != ENOENT || epoll_ctl(g_watch, EPOLL_CTL_ADD, ev.data.fd, &ev) < 0) return MakeInt(env, -errno);
  g_watched++;
  return MakeInt(env, 0);
}

napi_value UnwatchFd(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  if (g_watch >= 0 && epoll_ctl(g_watch, EPOLL_CTL_DEL, Int(env, a[0]), nullptr) == 0) g_watched--;
  return MakeInt(env, 0);
}

// Watches a socket for as long as it is open. Every change of its state is told once.
napi_value WatchSocket(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  if (g_sockets < 0) g_sockets = epoll_create1(EPOLL_CLOEXEC);
  epoll_event ev{};
  ev.events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET;
  ev.data.fd = Int(env, a[0]);
  return MakeInt(env, epoll_ctl(g_sockets, EPOLL_CTL_ADD, ev.data.fd, &ev) < 0 ? -errno : 0);
}

}  // namespace

void ForgetCall(pid_t tid) {
  g_waiting.erase(tid);
}

void InstallSignalHandlers() {
  g_waiter = pthread_self();
  g_waiter_tid = static_cast<pid_t>(syscall(SYS_gettid));
  struct sigaction sa {};
  sa.sa_sigaction = OnSignal;
  sa.sa_flags = SA_SIGINFO;  // no SA_RESTART: a signal ends the receive
  sigaction(SIGCHLD, &sa, nullptr);
  for (int sig : kForwarded) sigaction(sig, &sa, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGTTOU, SIG_IGN);  // restoring the terminal's modes must not stop the sentry
}

int OpenWatch() {
  if (g_watch < 0) g_watch = epoll_create1(EPOLL_CLOEXEC);
  return g_watch < 0 ? errno : 0;
}

void RegisterNotify(napi_env env, napi_value exports) {
  Method(env, exports, "next", Next);
  Method(env, exports, "reply", Reply);
  Method(env, exports, "replyContinue", ReplyContinue);
  Method(env, exports, "countCalls", CountCalls);
  Method(env, exports, "addFd", AddFd);
  Method(env, exports, "watchFd", WatchFd);
  Method(env, exports, "unwatchFd", UnwatchFd);
  Method(env, exports, "watchSocket", WatchSocket);
  napi_value buffer, array;
  napi_create_external_arraybuffer(env, g_socket_events, sizeof g_socket_events, nullptr, nullptr, &buffer);
  napi_create_typedarray(env, napi_int32_array, 2 * kSocketBatch, buffer, 0, &array);
  napi_set_named_property(env, exports, "socketEvents", array);
}

}  // namespace tvisor
