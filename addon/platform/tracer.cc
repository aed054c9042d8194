// The tracer: ptrace(2) for the life cycle of tasks only. The sentry decides; here are the moves.
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <unordered_map>

#include "ctl.h"

namespace tvisor {

int g_pid_namespace = -1;

namespace {

// Registers of a caller before its clone or execve was rewritten, to give back afterwards.
std::unordered_map<pid_t, user_regs_struct> g_saved;
// The same of a thread that runs a call of the sentry's (PtraceInject).
std::unordered_map<pid_t, user_regs_struct> g_injected;

// Marks si_errno of a signal that the sentry sent; the true si_code is in the low half.
constexpr int kSiginfoMarker = 0x54560000;

// What is laid over kernel_siginfo for its journey: rt_sigqueueinfo(2) lets only negative codes through, and the host
// kernel clears the sender's pid on the way into another pid namespace, so both travel in bytes that nothing uses.
struct Envelope {
  int signo, err, code, pad;
  int pid, uid;
  int64_t value;
  int true_pid, true_uid;
};

long Ptrace(long request, pid_t tid, uintptr_t addr, uintptr_t data) {
  return syscall(SYS_ptrace, request, tid, addr, data) < 0 ? -errno : 0;
}

long GetRegisters(pid_t tid, user_regs_struct *r) {
  return Ptrace(PTRACE_GETREGS, tid, 0, reinterpret_cast<uintptr_t>(r));
}

long SetRegisters(pid_t tid, user_regs_struct *r) {
  return Ptrace(PTRACE_SETREGS, tid, 0, reinterpret_cast<uintptr_t>(r));
}

napi_value GetRegs(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  size_t count;
  void *data;
  napi_get_typedarray_info(env, a[1], nullptr, &count, &data, nullptr, nullptr);
  user_regs_struct r;
  long err = GetRegisters(Int(env, a[0]), &r);
  if (err < 0) return MakeInt(env, err);
  auto *words = reinterpret_cast<const int64_t *>(&r);
  auto *out = static_cast<double *>(data);
  for (size_t i = 0; i < count && i < sizeof r / 8; i++) out[i] = static_cast<double>(words[i]);
  return MakeInt(env, 0);
}

// Turns the trapped call of a stopped task into another one and lets it run. Its end is seen as a clone or exec event, or,
// if it fails, as a syscall-exit stop.
napi_value Rewrite(napi_env env, pid_t tid, long nr, const uint64_t (&args)[5], bool offset = false) {
  user_regs_struct r;
  long err = GetRegisters(tid, &r);
  if (err < 0) return MakeInt(env, err);
  g_saved[tid] = r;
  r.orig_rax = static_cast<unsigned long>(nr);
  r.rdi = args[0];
  r.rsi = args[1];
  r.rdx = args[2];
  r.r10 = args[3];
  r.r8 = args[4];
  // The sixth argument is an offset into no file.
  if (offset) r.r9 = 0;
  if ((err = SetRegisters(tid, &r)) < 0) return MakeInt(env, err);
  return MakeInt(env, Ptrace(PTRACE_SYSCALL, tid, 0, 0));
}

napi_value PtraceClone(napi_env env, napi_callback_info info) {
  napi_value a[6];
  Args(env, info, a);
  uint64_t args[5];
  for (int i = 0; i < 5; i++) args[i] = Addr(env, a[i + 1]);
  return Rewrite(env, Int(env, a[0]), SYS_clone, args);
}

// Any call of up to three arguments.
napi_value PtraceCall(napi_env env, napi_callback_info info) {
  napi_value a[5];
  Args(env, info, a);
  const uint64_t args[5] = {Addr(env, a[2]), Addr(env, a[3]), Addr(env, a[4]), 0, 0};
  return Rewrite(env, Int(env, a[0]), Int(env, a[1]), args);
}

napi_value PtraceMap(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  const uint64_t args[5] = {0, Addr(env, a[1]), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                            static_cast<uint64_t>(-1)};
  return Rewrite(env, Int(env, a[0]), SYS_mmap, args, true);
}

// A mapping of a file: the call goes on to the sentry, which puts the descriptor there.
napi_value PtraceMapFile(napi_env env, napi_callback_info info) {
  napi_value a[6];
  Args(env, info, a);
  uint64_t args[5];
  for (int i = 0; i < 5; i++) args[i] = Addr(env, a[i + 1]);
  return Rewrite(env, Int(env, a[0]), SYS_mmap, args, true);
}

// The trapped mmap with another descriptor, otherwise as it stands.
napi_value PtraceMapAs(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  pid_t tid = Int(env, a[0]);
  user_regs_struct r;
  long err = GetRegisters(tid, &r);
  if (err < 0) return MakeInt(env, err);
  g_saved[tid] = r;
  r.r8 = static_cast<unsigned long>(Int(env, a[1]));
  if ((err = SetRegisters(tid, &r)) < 0) return MakeInt(env, err);
  return MakeInt(env, Ptrace(PTRACE_SYSCALL, tid, 0, 0));
}

napi_value PtraceUnmap(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  const uint64_t args[5] = {Addr(env, a[1]), Addr(env, a[2]), 0, 0, 0};
  return Rewrite(env, Int(env, a[0]), SYS_munmap, args);
}

// The loader is descriptor 0 of every guest's host table. `empty` is the address of a NUL byte in the guest.
napi_value PtraceExec(napi_env env, napi_callback_info info) {
  napi_value a[4];
  Args(env, info, a);
  constexpr uint64_t kAtEmptyPath = 0x1000;
  const uint64_t args[5] = {0, Addr(env, a[1]), Addr(env, a[2]), Addr(env, a[3]), kAtEmptyPath};
  return Rewrite(env, Int(env, a[0]), SYS_execveat, args);
}

// The new task `child` starts with its caller's registers; it gets the same ones back.
napi_value PtraceAdopt(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  auto it = g_saved.find(Int(env, a[0]));
  if (it == g_saved.end()) return MakeInt(env, -ESRCH);
  user_regs_struct saved = it->second;
  g_saved[Int(env, a[1])] = saved;
  return MakeInt(env, 0);
}

// Gives a task the argument registers that it had before its call was rewritten.
napi_value PtraceRestore(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  pid_t tid = Int(env, a[0]);
  auto it = g_saved.find(tid);
  if (it == g_saved.end()) return MakeInt(env, -ESRCH);
  const user_regs_struct s = it->second;
  g_saved.erase(it);
  user_regs_struct r;
  long err = GetRegisters(tid, &r);
  if (err < 0) return MakeInt(env, err);
  r.rdi = s.rdi;
  r.rsi = s.rsi;
  r.rdx = s.rdx;
  r.r10 = s.r10;
  r.r8 = s.r8;
  r.r9 = s.r9;
  r.orig_rax = s.orig_rax;
  return MakeInt(env, SetRegisters(tid, &r));
}

napi_value PtraceSkip(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  pid_t tid = Int(env, a[0]);
  user_regs_struct r;
  long err = GetRegisters(tid, &r);
  if (err < 0) return MakeInt(env, err);
  r.orig_rax = static_cast<unsigned long>(-1);
  r.rax = static_cast<unsigned long>(static_cast<int64_t>(Num(env, a[1])));
  if ((err = SetRegisters(tid, &r)) < 0) return MakeInt(env, err);
  return MakeInt(env, Ptrace(PTRACE_CONT, tid, 0, 0));
}

// Length of the syscall instruction.
constexpr unsigned long kSyscallLength = 2;

// Makes a thread that stopped after a call run another one, by stepping back onto its syscall instruction. The registers
// that it came with are kept until PtraceReturn, over several such calls.
napi_value PtraceInject(napi_env env, napi_callback_info info) {
  napi_value a[7];
  Args(env, info, a);
  pid_t tid = Int(env, a[0]);
  user_regs_struct r;
  long err = GetRegisters(tid, &r);
  if (err < 0) return MakeInt(env, err);
  bool first = true;
  napi_get_value_bool(env, a[6], &first);
  if (first) g_injected.erase(tid);
  r = g_injected.try_emplace(tid, r).first->second;
  r.rip -= kSyscallLength;
  r.orig_rax = static_cast<unsigned long>(-1);
  r.rax = static_cast<unsigned long>(Int(env, a[1]));
  r.rdi = Addr(env, a[2]);
  r.rsi = Addr(env, a[3]);
  r.rdx = Addr(env, a[4]);
  r.r10 = Addr(env, a[5]);
  if ((err = SetRegisters(tid, &r)) < 0) return MakeInt(env, err);
  return MakeInt(env, Ptrace(PTRACE_CONT, tid, 0, 0));
}

napi_value PtraceReturn(napi_env env, napi_callback_info info) {
  napi_value a[3];
  Args(env, info, a);
  pid_t tid = Int(env, a[0]);
  user_regs_struct r;
  auto it = g_injected.find(tid);
  if (it != g_injected.end()) {
    r = it->second;
    g_injected.erase(it);
  } else if (long err = GetRegisters(tid, &r); err < 0) {
    return MakeInt(env, err);
  }
  bool again = false;
  napi_get_value_bool(env, a[2], &again);
  if (again) {
    r.rip -= kSyscallLength;
    r.rax = r.orig_rax;
  } else {
    r.rax = static_cast<unsigned long>(static_cast<int64_t>(Num(env, a[1])));
  }
  r.orig_rax = static_cast<unsigned long>(-1);
  return MakeInt(env, SetRegisters(tid, &r));
}

// Sets only the result register of a stopped thread.
napi_value PtraceResult(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  const auto value = static_cast<int64_t>(Num(env, a[1]));
  return MakeInt(env, Ptrace(PTRACE_POKEUSER, Int(env, a[0]), offsetof(user_regs_struct, rax),
                             static_cast<uintptr_t>(value)));
}

napi_value PtraceCont(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  return MakeInt(env, Ptrace(PTRACE_CONT, Int(env, a[0]), 0, static_cast<uintptr_t>(Int(env, a[1]))));
}

// Delivers a signal and stops again before the first instruction of its handler.
napi_value PtraceStep(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  return MakeInt(env, Ptrace(PTRACE_SINGLESTEP, Int(env, a[0]), 0, static_cast<uintptr_t>(Int(env, a[1]))));
}

// Goes on to the end of the trapped call as it stands, which is seen as a syscall-exit stop.
napi_value PtraceToExit(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  return MakeInt(env, Ptrace(PTRACE_SYSCALL, Int(env, a[0]), 0, 0));
}

napi_value PtraceListen(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  return MakeInt(env, Ptrace(PTRACE_LISTEN, Int(env, a[0]), 0, 0));
}

napi_value PtraceInterrupt(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  return MakeInt(env, Ptrace(PTRACE_INTERRUPT, Int(env, a[0]), 0, 0));
}

napi_value PtraceEventMessage(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  unsigned long message = 0;
  long err = Ptrace(PTRACE_GETEVENTMSG, Int(env, a[0]), 0, reinterpret_cast<uintptr_t>(&message));
  return MakeInt(env, err < 0 ? err : static_cast<int64_t>(message));
}

napi_value PtraceRegs(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  uint32_t off = static_cast<uint32_t>(Int(env, a[1]));
  if (off > kScratchSize - sizeof(user_regs_struct)) return MakeInt(env, -EFAULT);
  user_regs_struct r;
  long err = GetRegisters(Int(env, a[0]), &r);
  if (err == 0) memcpy(g_scratch + off, &r, sizeof r);
  return MakeInt(env, err);
}

constexpr size_t kSiginfoSize = 128;

napi_value GetSiginfo(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  uint32_t off = static_cast<uint32_t>(Int(env, a[1]));
  if (off > kScratchSize - kSiginfoSize) return MakeInt(env, -EFAULT);
  return MakeInt(env,
                 Ptrace(PTRACE_GETSIGINFO, Int(env, a[0]), 0, reinterpret_cast<uintptr_t>(g_scratch + off)));
}

napi_value SetSiginfo(napi_env env, napi_callback_info info) {
  napi_value a[2];
  Args(env, info, a);
  uint32_t off = static_cast<uint32_t>(Int(env, a[1]));
  if (off > kScratchSize - kSiginfoSize) return MakeInt(env, -EFAULT);
  return MakeInt(env,
                 Ptrace(PTRACE_SETSIGINFO, Int(env, a[0]), 0, reinterpret_cast<uintptr_t>(g_scratch + off)));
}

// The mask as [low word, high word] in scratch[0..8).
napi_value GetSigmask(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  return MakeInt(env, Ptrace(PTRACE_GETSIGMASK, Int(env, a[0]), 8, reinterpret_cast<uintptr_t>(g_scratch)));
}

napi_value SetSigmask(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  return MakeInt(env, Ptrace(PTRACE_SETSIGMASK, Int(env, a[0]), 8, reinterpret_cast<uintptr_t>(g_scratch)));
}

napi_value SendSignal(napi_env env, napi_callback_info info) {
  napi_value a[7];
  Args(env, info, a);
  pid_t tgid = Int(env, a[0]), tid = Int(env, a[1]);
  int sig = Int(env, a[2]);
  alignas(8) char buf[kSiginfoSize] = {};
  Envelope e{};
  e.signo = sig;
  e.err = kSiginfoMarker | (Int(env, a[3]) & 0xffff);
  const int code = Int(env, a[3]);
  // Negative codes may travel openly, so that sigtimedwait(2), which no stop precedes, sees them too.
  e.code = code < 0 && code != SI_TKILL ? code : SI_QUEUE;
  e.pid = e.true_pid = Int(env, a[4]);
  e.uid = e.true_uid = static_cast<int>(static_cast<int64_t>(Num(env, a[5])));
  e.value = static_cast<int64_t>(Num(env, a[6]));
  memcpy(buf, &e, sizeof e);
  long r = tid != 0 ? syscall(SYS_rt_tgsigqueueinfo, tgid, tid, sig, buf)
                    : syscall(SYS_rt_sigqueueinfo, tgid, sig, buf);
  return MakeInt(env, r < 0 ? -errno : 0);
}

// The thread's id inside the guests' pid namespace, or -errno.
napi_value GuestTid(napi_env env, napi_callback_info info) {
  napi_value a[1];
  Args(env, info, a);
  pid_t tid = Int(env, a[0]);
  constexpr unsigned long kGetPidInNamespace = _IOR(0xb7, 0x8, int);
  int r = ioctl(g_pid_namespace, kGetPidInNamespace, tid);
  if (r > 0) return MakeInt(env, r);
  char name[64], line[256];
  snprintf(name, sizeof name, "/proc/%d/status", tid);
  FILE *f = fopen(name, "re");
  if (f == nullptr) return MakeInt(env, -ESRCH);
  int inner = -ESRCH;
  while (fgets(line, sizeof line, f) != nullptr) {
    if (strncmp(line, "NSpid:", 6) != 0) continue;
    const char *last = strrchr(line, '\t');
    if (last != nullptr) sscanf(last + 1, "%d", &inner);
  }
  fclose(f);
  return MakeInt(env, inner);
}

}  // namespace

void RestoreSiginfo(pid_t tid) {
  alignas(8) char buf[kSiginfoSize];
  if (Ptrace(PTRACE_GETSIGINFO, tid, 0, reinterpret_cast<uintptr_t>(buf)) < 0) return;
  Envelope e;
  memcpy(&e, buf, sizeof e);
  if (e.code >= 0 || (e.err & ~0xffff) != kSiginfoMarker) return;
  e.code = static_cast<int16_t>(e.err & 0xffff);
  e.err = 0;
  e.pid = e.true_pid;
  e.uid = e.true_uid;
  e.true_pid = e.true_uid = 0;
  memset(buf, 0, sizeof buf);
  memcpy(buf, &e, sizeof e);
  Ptrace(PTRACE_SETSIGINFO, tid, 0, reinterpret_cast<uintptr_t>(buf));
}

void ForgetTracee(pid_t tid) {
  g_saved.erase(tid);
  g_injected.erase(tid);
}

void RegisterTracer(napi_env env, napi_value exports) {
  Method(env, exports, "getRegs", GetRegs);
  Method(env, exports, "ptraceRegs", PtraceRegs);
  Method(env, exports, "ptraceClone", PtraceClone);
  Method(env, exports, "ptraceExec", PtraceExec);
  Method(env, exports, "ptraceCall", PtraceCall);
  Method(env, exports, "ptraceMap", PtraceMap);
  Method(env, exports, "ptraceMapFile", PtraceMapFile);
  Method(env, exports, "ptraceMapAs", PtraceMapAs);
  Method(env, exports, "ptraceUnmap", PtraceUnmap);
  Method(env, exports, "ptraceRestore", PtraceRestore);
  Method(env, exports, "ptraceAdopt", PtraceAdopt);
  Method(env, exports, "ptraceSkip", PtraceSkip);
  Method(env, exports, "ptraceInject", PtraceInject);
  Method(env, exports, "ptraceReturn", PtraceReturn);
  Method(env, exports, "ptraceResult", PtraceResult);
  Method(env, exports, "ptraceCont", PtraceCont);
  Method(env, exports, "ptraceStep", PtraceStep);
  Method(env, exports, "ptraceToExit", PtraceToExit);
  Method(env, exports, "ptraceListen", PtraceListen);
  Method(env, exports, "ptraceInterrupt", PtraceInterrupt);
  Method(env, exports, "ptraceEventMessage", PtraceEventMessage);
  Method(env, exports, "ptraceGetSiginfo", GetSiginfo);
  Method(env, exports, "ptraceSetSiginfo", SetSiginfo);
  Method(env, exports, "ptraceGetSigmask", GetSigmask);
  Method(env, exports, "ptraceSetSigmask", SetSigmask);
  Method(env, exports, "sendSignal", SendSignal);
  Method(env, exports, "guestTid", GuestTid);
}

}  // namespace tvisor
