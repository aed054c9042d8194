// A program in the foreground: the caller's terminal and signals are its own as long as it runs. termios(3), pty(7),
// pidfd_open(2).
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "../platform/ctl.h"

namespace {

using tvisor::Args;
using tvisor::Int;
using tvisor::MakeInt;
using tvisor::Method;

const int kForwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH};
constexpr size_t kForwardedCount = sizeof kForwarded / sizeof *kForwarded;

// What a process that goes on writing after the end gets shown of it at most.
constexpr size_t kLastBytes = 1 << 18;

int g_signals[2] = {-1, -1};

// Threads of the runtime have no signals blocked, so that a signalfd would not see all of them.
void OnSignal(int sig) {
  const int saved = errno;
  const char byte = static_cast<char>(sig);
  (void)!write(g_signals[1], &byte, 1);
  errno = saved;
}

struct sigaction g_old[kForwardedCount];

// From now on signals come to a pipe.
int HoldSignals() {
  if (g_signals[0] >= 0) return 0;
  if (pipe2(g_signals, O_CLOEXEC | O_NONBLOCK) < 0) return -errno;
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  for (size_t i = 0; i < kForwardedCount; i++) sigaction(kForwarded[i], &action, &g_old[i]);
  return 0;
}

void ReleaseSignals() {
  for (size_t i = 0; i < kForwardedCount; i++) sigaction(kForwarded[i], &g_old[i], nullptr);
  for (int &fd : g_signals) {
    close(fd);
    fd = -1;
  }
}

// A terminal that hands everything on as it is typed; nothing happens to what is none.
class RawTerminal {
 public:
  explicit RawTerminal(int fd) : fd_(fd) {
    if (fd < 0 || tcgetattr(fd, &saved_) < 0) return;
    termios raw = saved_;
    cfmakeraw(&raw);
    changed_ = tcsetattr(fd, TCSANOW, &raw) == 0;
  }
  ~RawTerminal() {
    if (changed_) tcsetattr(fd_, TCSADRAIN, &saved_);
  }
  RawTerminal(const RawTerminal &) = delete;
  RawTerminal &operator=(const RawTerminal &) = delete;

 private:
  int fd_;
  termios saved_{};
  bool changed_ = false;
};

// Bytes on their way from one descriptor to another; -1: nothing more comes, or goes.
struct Way {
  int from, to;
  char bytes[4096];
  size_t begin = 0, end = 0;

  Way(int from, int to) : from(from), to(to) {}
  bool empty() const {
    return begin == end;
  }
  int reads() const {
    return empty() ? from : -1;
  }
  int writes() const {
    return empty() ? -1 : to;
  }
  void Read() {
    const ssize_t n = read(from, bytes, sizeof bytes);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n <= 0)
      from = -1;
    else
      begin = 0, end = static_cast<size_t>(n);
  }
  void Write() {
    const ssize_t n = write(to, bytes + begin, end - begin);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    // Who does not want it any more does not get it; the program goes on.
    if (n < 0)
      begin = end;
    else
      begin += static_cast<size_t>(n);
  }
};

// The window of the terminal that is typed at is that of the program's too.
void CopyWindow(int from, int to) {
  winsize size{};
  if (ioctl(from, TIOCGWINSZ, &size) == 0) ioctl(to, TIOCSWINSZ, &size);
}

void HandOn(int pidfd, int master, int input) {
  char got[64];
  const ssize_t n = read(g_signals[0], got, sizeof got);
  for (ssize_t i = 0; i < n; i++) {
    if (got[i] == SIGWINCH && master >= 0)
      CopyWindow(input, master);
    else
      syscall(SYS_pidfd_send_signal, pidfd, got[i], nullptr, 0);
  }
}

// What the program has written last is in the terminal still.
void Drain(Way &out, int master) {
  const int flags = fcntl(master, F_GETFL);
  fcntl(master, F_SETFL, flags | O_NONBLOCK);
  out.from = master;
  for (size_t shown = 0; shown < kLastBytes;) {
    while (!out.empty()) out.Write();
    out.Read();
    if (out.empty()) break;
    shown += out.end;
  }
  while (!out.empty()) out.Write();
}

void Relay(int pidfd, int master, int input, int output) {
  Way in(master < 0 ? -1 : input, master), out(master, output);
  for (;;) {
    pollfd fds[] = {{pidfd, POLLIN, 0},        {g_signals[0], POLLIN, 0}, {in.reads(), POLLIN, 0},
                    {in.writes(), POLLOUT, 0}, {out.reads(), POLLIN, 0},  {out.writes(), POLLOUT, 0}};
    if (poll(fds, sizeof fds / sizeof *fds, -1) < 0) continue;
    if (fds[1].revents != 0) HandOn(pidfd, master, input);
    if (fds[2].revents != 0) in.Read();
    if (fds[3].revents != 0) in.Write();
    if (fds[4].revents != 0) out.Read();
    if (fds[5].revents != 0) out.Write();
    if (fds[0].revents != 0) break;
  }
  if (master >= 0) Drain(out, master);
}

// @param 0 a child's pid, 1 a terminal's master or -1, 2 input, 3 output. The child's wait status or -errno.
napi_value Supervise(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  const pid_t pid = Int(env, a[0]);
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) return MakeInt(env, -errno);
  const int held = HoldSignals();
  if (held == 0) {
    const RawTerminal raw(Int(env, a[1]) < 0 ? -1 : Int(env, a[2]));
    Relay(pidfd, Int(env, a[1]), Int(env, a[2]), Int(env, a[3]));
    ReleaseSignals();
  }
  close(pidfd);
  if (held < 0) return MakeInt(env, held);
  int status = 0;
  pid_t r;
  do {
    r = waitpid(pid, &status, 0);
  } while (r < 0 && errno == EINTR);
  return MakeInt(env, r < 0 ? -errno : status);
}

// Signals that come from now on are kept for Supervise(). 0 or -errno.
napi_value Hold(napi_env env, napi_callback_info) {
  return MakeInt(env, HoldSignals());
}

}  // namespace

void RegisterHostSupervise(Napi::Env env, Napi::Object exports) {
  Method(env, exports, "holdSignals", Hold);
  Method(env, exports, "supervise", Supervise);
}
