// The empty room: namespaces, the reaper and the first guest process (DESIGN: "Processes on the host").
//
// start() clones the reaper straight into new namespaces. The reaper makes its root an empty read-only directory, gives up
// every privilege, forks the first guest and from then on only collects zombies when told so. The first guest waits to be
// seized, installs the filter and calls execve, where the tracer gets hold of it.
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "ctl.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

namespace tvisor {

pid_t g_reaper = 0;

namespace {

int g_reap_socket = -1;

struct Plan {
  std::vector<uint8_t> filter;
  int loader = -1;
  int stub = -1;
  uid_t uid = 0, sentry_uid = 0;
  gid_t gid = 0, sentry_gid = 0;
  bool root = false;
  int socket = -1;  // to the sentry
  int go = -1;      // readable when the sentry has seized the first guest
  std::vector<char *> argv, envp;
};

// What a step needs of the host; says what to do when it is refused.
enum class Need : int32_t { kNothing, kNamespaces, kSeccomp, kPtrace, kLookup };

// What goes wrong in the room is told in one message: the step's name and errno. Nothing here may allocate: another thread
// of the sentry may have held malloc's lock at the time of the clone.
struct Message {
  int32_t pid;
  int32_t error;
  Need need;
  char step[52];
};

[[noreturn]] void Fail(int sock, Need need, const char *step) {
  Message m{};
  m.error = errno;
  m.need = need;
  strncpy(m.step, step, sizeof m.step - 1);
  (void)!write(sock, &m, sizeof m);
  _exit(1);
}

void WriteFile(const Plan &p, const char *name, const char *text, const char *step) {
  int fd = open(name, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) Fail(p.socket, Need::kNamespaces, step);
  close(fd);
}

// An ordinary user is itself inside its own user namespace; the kernel allows no more without help.
void MapUser(const Plan &p) {
  char line[64];
  WriteFile(p, "/proc/self/setgroups", "deny", "setgroups");
  snprintf(line, sizeof line, "%u %u 1", p.sentry_uid, p.sentry_uid);
  WriteFile(p, "/proc/self/uid_map", line, "uid_map");
  snprintf(line, sizeof line, "%u %u 1", p.sentry_gid, p.sentry_gid);
  WriteFile(p, "/proc/self/gid_map", line, "gid_map");
}

void EmptyRoot(const Plan &p) {
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0)
    Fail(p.socket, Need::kNamespaces, "private mounts");
  const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  // Any directory will do as the place: the old tree is gone a moment later.
  if (mount("tvisor", "/proc", "tmpfs", flags, "size=4k,nr_inodes=1,mode=555") < 0)
    Fail(p.socket, Need::kNamespaces, "mount an empty root");
  if (chdir("/proc") < 0) Fail(p.socket, Need::kNamespaces, "chdir");
  if (syscall(SYS_pivot_root, ".", ".") < 0) Fail(p.socket, Need::kNamespaces, "pivot_root");
  if (umount2(".", MNT_DETACH) < 0) Fail(p.socket, Need::kNamespaces, "umount");
  if (mount(nullptr, "/", nullptr, flags | MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) < 0)
    Fail(p.socket, Need::kNamespaces, "read-only root");
  if (chdir("/") < 0) Fail(p.socket, Need::kNamespaces, "chdir");
}

void DropPrivileges(const Plan &p) {
  for (int cap = 0; cap <= 63; cap++) {
    if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 && errno == EINVAL) break;
  }
  if (p.root) {
    // The calls themselves: libc's wrappers wait for every thread of the process to follow, and a thread that the runtime was
    // just starting is in the books of this copy but will never run in it.
    if (syscall(SYS_setgroups, 0, nullptr) < 0) Fail(p.socket, Need::kNamespaces, "setgroups");
    if (syscall(SYS_setresgid, p.gid, p.gid, p.gid) < 0) Fail(p.socket, Need::kNamespaces, "setresgid");
    if (syscall(SYS_setresuid, p.uid, p.uid, p.uid) < 0) Fail(p.socket, Need::kNamespaces, "setresuid");
  }
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2]{};
  if (syscall(SYS_capset, &header, none) < 0) Fail(p.socket, Need::kNothing, "capset");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) Fail(p.socket, Need::kNothing, "no_new_privs");
}

// In the first guest process: descriptor 0 is the loader, 2 the socket, 3 the pipe; 1 will be the listener.
[[noreturn]] void FirstGuest(const Plan &p) {
  Message ready{};
  if (write(2, &ready, sizeof ready) < 0) _exit(1);
  char go;
  if (read(3, &go, 1) != 1) _exit(1);  // seized now
  sock_fprog prog{static_cast<unsigned short>(p.filter.size() / sizeof(sock_filter)),
                  reinterpret_cast<sock_filter *>(const_cast<uint8_t *>(p.filter.data()))};
  long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                    SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &prog);
  if (fd != 1) Fail(2, Need::kSeccomp, "install the seccomp filter of guests");
  syscall(SYS_execve, "", p.argv.data(), p.envp.data());
  _exit(127);
}

[[noreturn]] void Reaper(const Plan &p) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "tvisor-reaper");
  // A group of its own keeps the terminal's signals away. Not a session: each session is a scheduling group of its own
  // (sched_autogroup), and switching between two of them makes every trapped call 0.7 us dearer.
  syscall(SYS_setpgid, 0, 0);
  // The sentry's signal handlers are not the room's.
  const uint64_t by_default[4] = {};  // struct kernel_sigaction: SIG_DFL
  for (int sig = 1; sig < 65; sig++) syscall(SYS_rt_sigaction, sig, by_default, nullptr, 8);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (!p.root) MapUser(p);
  EmptyRoot(p);
  DropPrivileges(p);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // again: the change of uid has cleared it
  prctl(PR_SET_DUMPABLE, 0);
  // Through numbers from 5 up, so that no source is overwritten before it is copied.
  const int from[] = {p.loader, p.socket, p.go, p.stub}, to[] = {0, 2, 3, 4};
  int high[4];
  for (int i = 0; i < 4; i++) {
    high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, 5);
    if (high[i] < 0) Fail(p.socket, Need::kNothing, "descriptors");
  }
  for (int i = 0; i < 4; i++)
    if (dup3(high[i], to[i], to[i] == 0 ? 0 : O_CLOEXEC) < 0) Fail(high[1], Need::kNothing, "descriptors");
  close(1);
  syscall(SYS_close_range, 5, ~0U, 0);
  rlimit limit{};
  setrlimit(RLIMIT_CORE, &limit);
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  pid_t child = static_cast<pid_t>(syscall(SYS_clone, 0, 0, 0, 0, 0));
  if (child < 0) Fail(2, Need::kNothing, "fork");
  if (child == 0) {
    prctl(PR_SET_DUMPABLE, 1);
    FirstGuest(p);
  }
  // As a program of its own (addon/stub) it keeps none of the sentry's memory.
  char *const argv[] = {const_cast<char *>("tvisor-reaper"), const_cast<char *>("reap"), nullptr};
  char *const envp[] = {nullptr};
  fcntl(2, F_SETFD, 0);
  syscall(SYS_execveat, 4, "", argv, envp, AT_EMPTY_PATH);
  Fail(2, Need::kNothing, "execute the reaper");
}

std::vector<char *> Pointers(std::vector<std::string> &strings) {
  std::vector<char *> v;
  for (auto &s : strings) v.push_back(s.data());
  v.push_back(nullptr);
  return v;
}

std::vector<std::string> Strings(const Napi::Value &value) {
  std::vector<std::string> out;
  Napi::Array array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) {
    napi_value v = array.Get(i);
    size_t len = 0;
    napi_get_value_string_latin1(array.Env(), v, nullptr, 0, &len);
    std::string s(len, '\0');
    napi_get_value_string_latin1(array.Env(), v, s.data(), len + 1, &len);
    out.push_back(s);
  }
  return out;
}

// Ends the reaper and with it every guest, and waits until it is gone; at most so many milliseconds where stubs live in its
// namespace, which does not end before somebody else has waited for them.
void KillRoom(int32_t patience = -1) {
  if (g_reaper <= 0) return;
  kill(g_reaper, SIGKILL);
  // Seized guests are ours to collect before the namespace can end.
  int status;
  const timespec pause{0, 1000000};
  for (;;) {
    const pid_t r = waitpid(-1, &status, patience < 0 ? __WALL : __WALL | WNOHANG);
    if (r < 0 && errno != EINTR) break;
    if (r != 0) continue;
    if (patience-- == 0) break;
    nanosleep(&pause, nullptr);
  }
  g_reaper = 0;
}

// What the operator can do about a refused step.
const char *Advice(Need need, int error) {
  const bool refused = error == EPERM || error == EACCES || error == ENOSYS || error == EINVAL ||
                       error == ENOSPC || error == EUSERS || error == EBUSY;
  if (!refused) return "";
  switch (need) {
    case Need::kNamespaces:
      if (error == ENOSPC && geteuid() == 0)
        return "; the limits of sysctl user.max_*_namespaces are reached";
      if (geteuid() == 0)
        return "; root needs CAP_SYS_ADMIN and the other capabilities here to make namespaces and mounts";
      return "; user namespaces are refused to ordinary users here: allow them (sysctl "
             "user.max_user_namespaces, "
             "kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, or the "
             "container's seccomp "
             "profile) or run as root";
    case Need::kSeccomp:
      if (error == EBUSY)
        return "; there is a seccomp listener already: run outside of the sandbox that has it";
      return "; seccomp user notification is needed: Linux 5.19 or later, and no seccomp profile around that "
             "refuses it";
    case Need::kPtrace:
      return "; ptrace is needed: set the sysctl kernel.yama.ptrace_scope below 3, and let the container's "
             "seccomp profile "
             "allow ptrace, pidfd_getfd, process_vm_readv and process_vm_writev";
    case Need::kLookup:
      return "; needed is Linux 5.6 or later, and a seccomp profile around, if any, that allows openat2";
    case Need::kNothing:
      break;
  }
  return "";
}

Napi::Value Throw(Napi::Env env, Need need, const std::string &step, int error) {
  KillRoom();
  const std::string text = "cannot make the sandbox: " + step + ": " + strerror(error) + Advice(need, error);
  Napi::Error::New(env, text).ThrowAsJavaScriptException();
  return env.Undefined();
}

// Receives the first guest's "ready", or what went wrong. The kernel itself tells the sender's pid.
bool ReceiveReady(int sock, pid_t *pid, Need *need, std::string *step, int *error) {
  Message m{};
  iovec v{&m, sizeof m};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))];
  msghdr h{};
  h.msg_iov = &v;
  h.msg_iovlen = 1;
  h.msg_control = control;
  h.msg_controllen = sizeof control;
  ssize_t n;
  do {
    n = recvmsg(sock, &h, 0);
  } while (n < 0 && errno == EINTR);
  if (n != static_cast<ssize_t>(sizeof m)) {
    *need = Need::kNothing;
    *step = "start the reaper";
    *error = n < 0 && errno == EAGAIN ? ETIMEDOUT : ECHILD;
    return false;
  }
  if (m.error != 0) {
    *need = m.need;
    *step = std::string(m.step, strnlen(m.step, sizeof m.step));
    *error = m.error;
    return false;
  }
  cmsghdr *c = CMSG_FIRSTHDR(&h);
  if (c == nullptr || c->cmsg_type != SCM_CREDENTIALS) {
    *need = Need::kNothing;
    *step = "credentials of the first guest";
    *error = EPROTO;
    return false;
  }
  ucred cred;
  memcpy(&cred, CMSG_DATA(c), sizeof cred);
  *pid = cred.pid;
  return true;
}

// Reads a word of the stopped guest and writes it back, so that a host that forbids either is found out now.
int TryMemory(pid_t pid) {
  user_regs_struct regs;
  if (ptrace(PTRACE_GETREGS, pid, nullptr, &regs) < 0) return errno;
  uint64_t word;
  iovec local{&word, sizeof word}, remote{reinterpret_cast<void *>(regs.rsp), sizeof word};
  if (process_vm_readv(pid, &local, 1, &remote, 1, 0) < 0) return errno;
  if (process_vm_writev(pid, &local, 1, &remote, 1, 0) < 0) return errno;
  return 0;
}

int TakeListener(pid_t pid) {
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) return errno;
  g_listener = static_cast<int>(syscall(SYS_pidfd_getfd, pidfd, 1, 0));
  const int error = errno;
  close(pidfd);
  return g_listener < 0 ? error : OpenWatch();
}

// Seizes the first guest and takes the listener once it stands at its execve.
Napi::Value Seize(Napi::Env env, int go) {
  pid_t pid;
  Need need;
  std::string step;
  int error;
  if (!ReceiveReady(g_reap_socket, &pid, &need, &step, &error)) return Throw(env, need, step, error);
  const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                       PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SEIZE, pid, nullptr, options) < 0)
    return Throw(env, Need::kPtrace, "ptrace the first guest", errno);
  if (write(go, "g", 1) != 1) return Throw(env, Need::kNothing, "start the first guest", errno);
  int status;
  pid_t r;
  do {
    r = waitpid(pid, &status, __WALL);
  } while (r < 0 && errno == EINTR);
  if (r < 0 || !WIFSTOPPED(status) || (status >> 16) != PTRACE_EVENT_SECCOMP) {
    pid_t unused;
    if (!ReceiveReady(g_reap_socket, &unused, &need, &step, &error)) return Throw(env, need, step, error);
    return Throw(env, Need::kNothing, "start the first guest", EPROTO);
  }
  if ((error = TryMemory(pid)) != 0)
    return Throw(env, Need::kPtrace, "reach the memory of the first guest", error);
  if ((error = TakeListener(pid)) != 0) return Throw(env, Need::kPtrace, "take the seccomp listener", error);
  // An older kernel without the flag works too, slower.
  ioctl(g_listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
  char name[64];
  snprintf(name, sizeof name, "/proc/%d/ns/pid", g_reaper);
  g_pid_namespace = open(name, O_RDONLY | O_CLOEXEC);
  Napi::Object result = Napi::Object::New(env);
  result.Set("pid", pid);
  result.Set("reaperPid", g_reaper);
  return result;
}

// Every look-up of the sentry in host directories is an openat2(2).
int TryLookup() {
  open_how how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  const int fd = static_cast<int>(syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how));
  if (fd < 0) return errno;
  close(fd);
  return 0;
}

Napi::Value Start(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  Napi::Object o = info[0].As<Napi::Object>();
  Plan p;
  Napi::Uint8Array filter = o.Get("filter").As<Napi::Uint8Array>();
  p.filter.assign(filter.Data(), filter.Data() + filter.ByteLength());
  std::vector<std::string> argv = Strings(o.Get("argv")), envp = Strings(o.Get("env"));
  p.argv = Pointers(argv);
  p.envp = Pointers(envp);
  p.uid = o.Get("hostUid").As<Napi::Number>().Uint32Value();
  p.gid = o.Get("hostGid").As<Napi::Number>().Uint32Value();
  p.sentry_uid = geteuid();
  p.sentry_gid = getegid();
  p.root = p.sentry_uid == 0;
  p.loader = open(o.Get("loader").As<Napi::String>().Utf8Value().c_str(), O_RDONLY | O_CLOEXEC);
  if (p.loader < 0) return Throw(env, Need::kNothing, "open the loader", errno);
  p.stub = open(o.Get("stub").As<Napi::String>().Utf8Value().c_str(), O_RDONLY | O_CLOEXEC);
  if (p.stub < 0) return Throw(env, Need::kNothing, "open the stub", errno);
  if (int error = TryLookup()) {
    close(p.loader);
    close(p.stub);
    return Throw(env, Need::kLookup, "openat2", error);
  }
  int sv[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0)
    return Throw(env, Need::kNothing, "socketpair", errno);
  const int on = 1;
  setsockopt(sv[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
  // Whatever keeps the room from coming up must not keep the operator waiting.
  const timeval patience{30, 0};
  setsockopt(sv[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  int go[2];
  if (pipe2(go, O_CLOEXEC) < 0) return Throw(env, Need::kNothing, "pipe", errno);
  p.socket = sv[1];
  p.go = go[0];
  InstallSignalHandlers();
  unsigned long flags =
      CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP | SIGCHLD;
  if (!p.root) flags |= CLONE_NEWUSER;
  pid_t reaper = static_cast<pid_t>(syscall(SYS_clone, flags, 0, 0, 0, 0));
  if (reaper == 0) Reaper(p);
  int clone_error = errno;
  close(p.loader);
  close(p.stub);
  close(sv[1]);
  close(go[0]);
  if (reaper < 0) {
    close(sv[0]);
    close(go[1]);
    return Throw(env, Need::kNamespaces, "clone into new namespaces", clone_error);
  }
  g_reaper = reaper;
  g_reap_socket = sv[0];
  Napi::Value result = Seize(env, go[1]);
  close(go[1]);
  return result;
}

napi_value Reap(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  int32_t pid = Int(env, a[0]);
  // The socket holds some hundreds of these; a full one means a busy reaper, and waiting for it is right.
  ssize_t n;
  do {
    n = write(g_reap_socket, &pid, sizeof pid);
  } while (n < 0 && errno == EINTR);
  return MakeInt(env, n < 0 ? -errno : 0);
}

napi_value Stop(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  KillRoom(Int(env, a[0]));
  return MakeInt(env, 0);
}

}  // namespace

void RegisterRoom(napi_env env, napi_value exports) {
  Napi::Object(env, exports).Set("start", Napi::Function::New(env, Start));
  Method(env, exports, "reap", Reap);
  Method(env, exports, "stop", Stop);
}

}  // namespace tvisor
