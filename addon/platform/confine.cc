// The sentry's own confinement, once it has everything it needs: it gives up privileges, for ever, and refuses itself the calls
// that only somebody who has taken it over would make. seccomp(2), capabilities(7), PR_SET_DUMPABLE(2const).
#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "ctl.h"

namespace tvisor {

namespace {

// What a sentry that is root keeps. Everything else that root may do it cannot do any more.
const int kKept[] = {
    CAP_SYS_PTRACE,                         // memory, registers and /proc of guests, which have another uid
    CAP_KILL,                               // signals to them
    CAP_SYS_NICE,     CAP_SYS_RESOURCE,     // their priorities, processors and limits
    CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH,  // files of the root and of volumes as root sees them
    CAP_CHOWN,        CAP_FOWNER,          CAP_FSETID,  // attributes of files in volumes
};
// And with sockets of the host's: ports below 1024.
const int kKeptForSockets[] = {CAP_NET_BIND_SERVICE};

// And in a runtime's sentry: security.capability of files in roots that are written through. Who may make files of root with a
// set-user-ID bit, which CAP_CHOWN and CAP_FSETID are for, gains nothing by it.
const int kKeptForRoots[] = {CAP_SETFCAP};

// New programs, processes, descriptors to talk to others, namespaces and mounts, identities, and the kernel itself.
const int kRefused[] = {
    SYS_execve,
    SYS_execveat,
    SYS_fork,
    SYS_vfork,
    SYS_unshare,
    SYS_setns,
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_mount_setattr,
    SYS_swapon,
    SYS_swapoff,
    SYS_quotactl,
    SYS_quotactl_fd,
    SYS_acct,
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setgroups,
    SYS_setfsuid,
    SYS_setfsgid,
    SYS_capset,
    SYS_personality,
    SYS_seccomp,
    SYS_kexec_load,
    SYS_kexec_file_load,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_reboot,
    SYS_syslog,
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_clock_adjtime,
    SYS_adjtimex,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_vhangup,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_fanotify_init,
    SYS_open_by_handle_at,
    SYS_pidfd_getfd,
    SYS_process_madvise,
    SYS_process_mrelease,
    SYS_migrate_pages,
    SYS_move_pages,
    SYS_kcmp,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_io_setup,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_shmget,
    SYS_shmat,
    SYS_msgget,
    SYS_semget,
    SYS_mq_open,
};

// What sockets of the host's need of it. A sandbox that only publishes ports, or has a control socket, has its listeners already.
const int kAccepting[] = {SYS_accept4};
const int kConnecting[] = {SYS_accept4, SYS_socket, SYS_connect, SYS_bind, SYS_listen};

// And unix sockets of the host's: connecting to those that there are, making new ones.
const int kOpening[] = {SYS_socket, SYS_connect};
const int kCreating[] = {SYS_accept4, SYS_socket, SYS_bind, SYS_listen};

// How much of the host's network the sentry uses from now on.
enum class Sockets { kNone, kPublished, kAll };

struct Kept {
  Sockets sockets = Sockets::kNone;
  bool uds_open = false;
  bool uds_create = false;
  bool control = false;  // a control socket is listened on
};

bool Needed(const Kept &kept, int call) {
  const auto in = [call](const auto &list) {
    return std::find(std::begin(list), std::end(list), call) != std::end(list);
  };
  return (kept.sockets == Sockets::kAll && in(kConnecting)) ||
         ((kept.sockets == Sockets::kPublished || kept.control) && in(kAccepting)) ||
         (kept.uds_open && in(kOpening)) || (kept.uds_create && in(kCreating));
}

constexpr uint32_t kEperm = SECCOMP_RET_ERRNO | EPERM;

// Which sockets may be made: with a family in the accumulator, lets those of one group through if their type is of it too.
void AllowSockets(std::vector<sock_filter> &p, const std::vector<uint32_t> &families,
                  const std::vector<uint32_t> &types) {
  const uint32_t arg1 = offsetof(seccomp_data, args) + 8;
  for (size_t i = 0; i < families.size(); i++)
    p.push_back(
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, families[i], static_cast<uint8_t>(families.size() - i), 0));
  p.push_back(BPF_STMT(BPF_JMP | BPF_JA, static_cast<uint32_t>(types.size() + 4)));
  p.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, arg1));
  p.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf));
  for (size_t i = 0; i < types.size(); i++)
    p.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, types[i], static_cast<uint8_t>(types.size() - i), 0));
  p.push_back(BPF_STMT(BPF_RET | BPF_K, kEperm));
  p.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

// A list of what is refused, and not of what is allowed: V8 and libc make calls of their own choosing, which change with their
// versions. The calls of every trap (ioctl, process_vm_readv, pread64 ...) are allowed whatever their arguments, so that the
// kernel answers for them from its cache (seccomp's action bitmaps) without running the program.
std::vector<sock_filter> Program(const Kept &kept) {
  const uint32_t nr = offsetof(seccomp_data, nr), arch = offsetof(seccomp_data, arch),
                 arg0 = offsetof(seccomp_data, args);
  std::vector<sock_filter> p = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, arch),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, kEperm),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, nr),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),  // x32
      BPF_STMT(BPF_RET | BPF_K, kEperm),
      // clone3's flags are in memory, out of sight; libc falls back to clone.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      // Threads of the runtime, no processes.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, arg0),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, kEperm),
      // The guests are traced by now, and their children are born so: no other process is attached to.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 5),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, arg0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PTRACE_ATTACH, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PTRACE_SEIZE, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, kEperm),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  if (Needed(kept, SYS_socket)) {
    std::vector<sock_filter> made{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, arg0)};
    // TCP, UDP and ping of the internet's families: nothing that sees packets, and no other family.
    if (kept.sockets == Sockets::kAll) AllowSockets(made, {AF_INET, AF_INET6}, {SOCK_STREAM, SOCK_DGRAM});
    if (kept.uds_open || kept.uds_create)
      AllowSockets(made, {AF_UNIX}, {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET});
    made.push_back(BPF_STMT(BPF_RET | BPF_K, kEperm));
    p.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, static_cast<uint8_t>(made.size())));
    p.insert(p.end(), made.begin(), made.end());
  }
  for (int call : kRefused) {
    if (Needed(kept, call)) continue;
    p.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(call), 0, 1));
    p.push_back(BPF_STMT(BPF_RET | BPF_K, kEperm));
  }
  p.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return p;
}

// --- capabilities -----------------------------------------------------------------------------------------------

// They belong to threads, and only a thread itself can give them up. So every thread of the runtime is interrupted to do so, as
// libc does it for setuid(2), and with libc's own signal for it, the one that no thread has blocked.
constexpr int kSigSetxid = 33;

__user_cap_data_struct g_caps[2];
std::atomic<int> g_done{0};
std::atomic<int> g_error{0};

int SetCaps() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  return syscall(SYS_capset, &header, g_caps) < 0 ? errno : 0;
}

void OnSetxid(int, siginfo_t *, void *) {
  const int saved = errno;
  if (int error = SetCaps()) g_error = error;
  g_done++;
  errno = saved;
}

struct KernelSigaction {
  void (*handler)(int, siginfo_t *, void *);
  unsigned long flags;
  void (*restorer)();
  uint64_t mask;
};

extern "C" void tv_restore_rt();
asm(".text\n"
    ".globl tv_restore_rt\n"
    ".hidden tv_restore_rt\n"
    ".type tv_restore_rt, @function\n"
    "tv_restore_rt:\n"
    "  mov $15, %eax\n"  // rt_sigreturn
    "  syscall\n"
    ".size tv_restore_rt, . - tv_restore_rt\n");

std::vector<pid_t> Threads() {
  std::vector<pid_t> out;
  DIR *dir = opendir("/proc/self/task");
  if (dir == nullptr) return out;
  while (dirent *e = readdir(dir)) {
    if (int tid = atoi(e->d_name)) out.push_back(tid);
  }
  closedir(dir);
  return out;
}

// @returns an errno
int DropCaps(const Kept &kept) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  if (syscall(SYS_capget, &header, g_caps) < 0) return errno;
  __user_cap_data_struct keep[2]{};
  for (int cap : kKept) keep[cap / 32].permitted |= 1u << (cap % 32);
  if (kept.control)
    for (int cap : kKeptForRoots) keep[cap / 32].permitted |= 1u << (cap % 32);
  if (kept.sockets == Sockets::kAll)
    for (int cap : kKeptForSockets) keep[cap / 32].permitted |= 1u << (cap % 32);
  for (int i = 0; i < 2; i++) {
    g_caps[i].permitted &= keep[i].permitted;
    g_caps[i].effective &= keep[i].permitted;
    g_caps[i].inheritable = 0;
  }
  constexpr unsigned long kSaRestorer = 0x04000000;
  KernelSigaction mine{OnSetxid, SA_SIGINFO | SA_RESTART | kSaRestorer, tv_restore_rt, ~uint64_t{0}}, libc{};
  if (syscall(SYS_rt_sigaction, kSigSetxid, &mine, &libc, sizeof mine.mask) < 0) return errno;
  g_done = 0;
  const pid_t self = static_cast<pid_t>(syscall(SYS_gettid));
  int sent = 0;
  for (pid_t tid : Threads()) {
    if (tid != self && syscall(SYS_tgkill, getpid(), tid, kSigSetxid) == 0) sent++;
  }
  // A thread answers in microseconds; one that ends before it does keeps nothing either, but it is not told apart from one that
  // hangs, which is an error after two seconds.
  const timespec pause{0, 50000};
  for (int i = 0; i < 20000 && g_done < sent; i++) nanosleep(&pause, nullptr);
  syscall(SYS_rt_sigaction, kSigSetxid, &libc, nullptr, sizeof libc.mask);
  if (g_done < sent) return ETIMEDOUT;
  if (g_error != 0) return g_error;
  return SetCaps();
}

// Gives up what the sentry does not need once the first guest stands at its first execve. There is no way back.
Napi::Value Confine(const Napi::CallbackInfo &info) {
  Napi::Env env = info.Env();
  auto fail = [&](const char *step, int error) -> Napi::Value {
    Napi::Error::New(env, std::string("cannot confine the sentry: ") + step + ": " + strerror(error))
        .ThrowAsJavaScriptException();
    return env.Undefined();
  };
  const std::string wanted = info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : "";
  const std::string uds = info[1].IsString() ? info[1].As<Napi::String>().Utf8Value() : "";
  Kept kept;
  if (wanted == "all") kept.sockets = Sockets::kAll;
  if (wanted == "published") kept.sockets = Sockets::kPublished;
  kept.uds_open = uds == "open" || uds == "all";
  kept.uds_create = uds == "create" || uds == "all";
  kept.control = info[2].IsBoolean() && info[2].As<Napi::Boolean>();
  if (int error = DropCaps(kept)) return fail("capabilities", error);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  // Nobody of the same user reads its memory, and no core of it, with guests' data inside, is written.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) return fail("PR_SET_DUMPABLE", errno);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return fail("no_new_privs", errno);
  std::vector<sock_filter> program = Program(kept);
  sock_fprog prog{static_cast<unsigned short>(program.size()), program.data()};
  // For all threads of the runtime. Guests cannot run code here, so the processor's mitigations stay as the operator set them.
  const unsigned long flags = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  long r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
  if (r != 0) return fail("seccomp", r < 0 ? errno : EBUSY);
  return env.Undefined();
}

}  // namespace

void RegisterConfine(napi_env env, napi_value exports) {
  Napi::Object(env, exports).Set("confine", Napi::Function::New(env, Confine));
}

}  // namespace tvisor
