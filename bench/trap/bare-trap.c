// bare-trap COMMAND [ARG...]: the floor under every sandbox built on seccomp user notifications.
//
// Runs COMMAND under a filter that sends the calls of bench/guest to one thread, which answers them
// with the least work that can be called an answer: a constant, one host call, or one copy in or out of the
// caller's memory. No descriptors, names or processes are looked after, so this is a stopwatch and not a
// sandbox. What a real kernel costs above this line is its own doing; what lies below is the host's.
//
// To keep COMMAND otherwise whole, only descriptors from FAKE_FD up are answered here: openat, dup, pipe2,
// socketpair and eventfd2 hand out such numbers, and read, write, close and so on of lower ones go to the host.
// All other calls are native: bench/rows.ts says which rows have a floor here.
//
// See seccomp(2), seccomp_unotify(2), process_vm_readv(2).
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

// Newer than some distributions' headers (Linux 5.19 and 6.6).
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

enum {
  FAKE_FD = 1000,
  FAKE_PIPE_READ = 1001,
  FAKE_PIPE_WRITE = 1002,
  FAKE_EVENT = 1003,
  RING_SIZE = 64 * 1024,
  PAGE = 4096,
  MAX_PATH_READ = 256
};

static int read_file;          // what pread reads: COMMAND's own file
static int write_file;         // what pwrite writes: a memfd
static struct stat answer;     // what fstat and newfstatat say
static struct statx extended;  // what statx says
static pid_t child;
static char copy[RING_SIZE];

static struct {
  char bytes[RING_SIZE];
  size_t head, used;
} ring;

static void die(const char *what) {
  perror(what);
  exit(125);
}

// ---- the caller's memory: bytes copied, or a negative errno ----

static long copy_in(pid_t pid, void *to, __u64 from, size_t size) {
  struct iovec local = {to, size}, remote = {(void *)from, size};
  ssize_t n = process_vm_readv(pid, &local, 1, &remote, 1, 0);
  return n < 0 ? -errno : n;
}

static long copy_out(pid_t pid, __u64 to, void *from, size_t size) {
  struct iovec local = {from, size}, remote = {(void *)to, size};
  ssize_t n = process_vm_writev(pid, &local, 1, &remote, 1, 0);
  return n < 0 ? -errno : n;
}

// ---- the calls: each returns the result or a negative errno ----

static size_t at_most(size_t size, size_t limit) {
  return size < limit ? size : limit;
}

static long file_read(pid_t pid, const __u64 *args, off_t offset) {
  ssize_t n = pread(read_file, copy, at_most(args[2], sizeof copy), offset);
  return n < 0 ? -errno : copy_out(pid, args[1], copy, (size_t)n);
}

static long file_write(pid_t pid, const __u64 *args, off_t offset) {
  long n = copy_in(pid, copy, args[1], at_most(args[2], sizeof copy));
  if (n < 0) return n;
  ssize_t written = pwrite(write_file, copy, (size_t)n, offset);
  return written < 0 ? -errno : written;
}

static long write_stat(pid_t pid, __u64 to) {
  long n = copy_out(pid, to, &answer, sizeof answer);
  return n < 0 ? n : 0;
}

// Reads the caller's path, MAX_PATH_READ bytes. Returns 0 or a negative errno.
static long read_path(pid_t pid, __u64 from, char *path) {
  // Never across a page's end: the next page need not be there.
  long n = copy_in(pid, path, from, at_most(MAX_PATH_READ, PAGE - from % PAGE));
  if (n < 0) return n;
  return memchr(path, 0, (size_t)n) == NULL ? -ENAMETOOLONG : 0;
}

static long do_newfstatat(pid_t pid, const __u64 *args) {
  char path[MAX_PATH_READ];
  long n = read_path(pid, args[1], path);
  if (n < 0) return n;
  return strstr(path, "missing") ? -ENOENT : write_stat(pid, args[2]);
}

static long do_statx(pid_t pid, const __u64 *args) {
  char path[MAX_PATH_READ];
  long n = read_path(pid, args[1], path);
  if (n < 0) return n;
  n = copy_out(pid, args[4], &extended, sizeof extended);
  return n < 0 ? n : 0;
}

static long do_access(pid_t pid, const __u64 *args) {
  char path[MAX_PATH_READ];
  return read_path(pid, args[0], path);
}

static long do_readlink(pid_t pid, const __u64 *args) {
  char path[MAX_PATH_READ];
  long n = read_path(pid, args[0], path);
  return n < 0 ? n : copy_out(pid, args[1], "/none", 5);
}

static long do_getcwd(pid_t pid, const __u64 *args) {
  return copy_out(pid, args[0], "/tmp", 5);
}

// Two descriptors of the ring, for pipe2 and socketpair.
static long write_pair(pid_t pid, __u64 to) {
  int fds[2] = {FAKE_PIPE_READ, FAKE_PIPE_WRITE};
  long n = copy_out(pid, to, fds, sizeof fds);
  return n < 0 ? n : 0;
}

// At most to the ring's end at a time, as a short write or read may.
static long ring_write(pid_t pid, const __u64 *args) {
  size_t tail = (ring.head + ring.used) % RING_SIZE;
  size_t room = at_most(RING_SIZE - ring.used, RING_SIZE - tail);
  if (room == 0) return -EAGAIN;
  long n = copy_in(pid, ring.bytes + tail, args[1], at_most(args[2], room));
  if (n > 0) ring.used += (size_t)n;
  return n;
}

static long ring_read(pid_t pid, const __u64 *args) {
  size_t ready = at_most(ring.used, RING_SIZE - ring.head);
  if (ready == 0) return -EAGAIN;
  long n = copy_out(pid, args[1], ring.bytes + ring.head, at_most(args[2], ready));
  if (n <= 0) return n;
  ring.used -= (size_t)n;
  ring.head = ring.used == 0 ? 0 : (ring.head + (size_t)n) % RING_SIZE;
  return n;
}

static long call(const struct seccomp_notif *notif) {
  const __u64 *args = notif->data.args;
  pid_t pid = (pid_t)notif->pid;
  switch (notif->data.nr) {
    case SYS_getppid:
      return 1;
    case SYS_getpid:
    case SYS_gettid:
      return pid;  // true: COMMAND may send itself a signal
    case SYS_getcwd:
      return do_getcwd(pid, args);
    case SYS_pread64:
      return file_read(pid, args, (off_t)args[3]);
    case SYS_pwrite64:
      return file_write(pid, args, (off_t)args[3]);
    case SYS_fstat:
      return write_stat(pid, args[1]);
    case SYS_newfstatat:
      return do_newfstatat(pid, args);
    case SYS_statx:
      return do_statx(pid, args);
    case SYS_access:
      return do_access(pid, args);
    case SYS_readlink:
      return do_readlink(pid, args);
    case SYS_openat:
    case SYS_dup:
      return FAKE_FD;
    case SYS_fcntl:
    case SYS_close:
      return 0;
    case SYS_lseek:
      return (long)args[1];
    case SYS_pipe2:
      return write_pair(pid, args[0]);
    case SYS_socketpair:
      return write_pair(pid, args[3]);
    case SYS_eventfd2:
      return FAKE_EVENT;
    case SYS_write:
      return args[0] == FAKE_FD ? file_write(pid, args, 0) : ring_write(pid, args);
    case SYS_read:
      return args[0] == FAKE_FD ? file_read(pid, args, 0) : ring_read(pid, args);
    default:
      return -ENOSYS;
  }
}

// ---- the filter and the loop ----

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
// If the call's number (in the accumulator) is NR: to the listener.
#define NOTIFY(nr) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), RETURN(SECCOMP_RET_USER_NOTIF)
// Likewise, but only for a descriptor from FAKE_FD up; a lower one is the host's.
#define NOTIFY_FAKE_FD(nr)                                                                \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 4), LOAD(args[0]),                           \
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FAKE_FD, 0, 1), RETURN(SECCOMP_RET_USER_NOTIF), \
      RETURN(SECCOMP_RET_ALLOW)

// Installs the filter on the caller. Returns the listener's descriptor.
static int install_filter(void) {
  struct sock_filter code[] = {
      LOAD(arch),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
      RETURN(SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
      NOTIFY(SYS_getppid),
      NOTIFY(SYS_getpid),
      NOTIFY(SYS_gettid),
      NOTIFY(SYS_getcwd),
      NOTIFY(SYS_newfstatat),
      NOTIFY(SYS_statx),
      NOTIFY(SYS_access),
      NOTIFY(SYS_readlink),
      NOTIFY(SYS_openat),
      NOTIFY(SYS_pipe2),
      NOTIFY(SYS_socketpair),
      NOTIFY(SYS_eventfd2),
      NOTIFY_FAKE_FD(SYS_dup),
      NOTIFY_FAKE_FD(SYS_fcntl),
      NOTIFY_FAKE_FD(SYS_lseek),
      NOTIFY_FAKE_FD(SYS_pread64),
      NOTIFY_FAKE_FD(SYS_pwrite64),
      NOTIFY_FAKE_FD(SYS_fstat),
      NOTIFY_FAKE_FD(SYS_close),
      NOTIFY_FAKE_FD(SYS_read),
      NOTIFY_FAKE_FD(SYS_write),
      RETURN(SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof code / sizeof code[0], code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) die("prctl(PR_SET_NO_NEW_PRIVS)");
  unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
  int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  if (listener < 0) die("seccomp(SECCOMP_SET_MODE_FILTER)");
  return listener;
}

union fd_message {
  struct cmsghdr header;
  char space[CMSG_SPACE(sizeof(int))];
};

static void send_fd(int socket, int fd) {
  char byte = 0;
  struct iovec iov = {&byte, 1};
  union fd_message control = {0};
  struct msghdr message = {
      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
  if (sendmsg(socket, &message, 0) != 1) die("sendmsg");
}

static int receive_fd(int socket) {
  char byte;
  int fd;
  struct iovec iov = {&byte, 1};
  union fd_message control;
  struct msghdr message = {
      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1 || message.msg_controllen == 0) die("recvmsg");
  memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
  return fd;
}

// COMMAND has ended: so do we, with its status. Done here because the loop below never comes back by itself.
static void on_child_end(int signal) {
  (void)signal;
  int status;
  if (waitpid(child, &status, WNOHANG) != child) return;
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static void answer_forever(int listener) {
  struct seccomp_notif notif;
  struct seccomp_notif_resp response;
  for (;;) {
    memset(&notif, 0, sizeof notif);  // the kernel insists
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notif) != 0) {
      if (errno == EINTR) continue;
      if (errno == ENOENT)
        continue;  // the caller was killed, or the last one is gone and SIGCHLD is on its way
      die("ioctl(SECCOMP_IOCTL_NOTIF_RECV)");
    }
    long result = call(&notif);
    response = (struct seccomp_notif_resp){
        .id = notif.id, .val = result < 0 ? 0 : result, .error = result < 0 ? (int)result : 0};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) != 0 && errno != ENOENT)
      die("ioctl(SECCOMP_IOCTL_NOTIF_SEND)");
  }
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s COMMAND [ARG...]\n", argv[0]);
    return 125;
  }
  read_file = open(argv[1], O_RDONLY | O_CLOEXEC);
  if (read_file < 0 || fstat(read_file, &answer) != 0) die(argv[1]);
  if (statx(read_file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &extended) != 0) die(argv[1]);
  write_file = memfd_create("bare-trap", MFD_CLOEXEC);
  if (write_file < 0) die("memfd_create");

  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) die("socketpair");
  struct sigaction action = {.sa_handler = on_child_end, .sa_flags = SA_NOCLDSTOP};
  sigset_t until_ready;
  sigemptyset(&until_ready);
  sigaddset(&until_ready, SIGCHLD);
  sigprocmask(SIG_BLOCK, &until_ready, NULL);
  sigaction(SIGCHLD, &action, NULL);
  child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    sigprocmask(SIG_UNBLOCK, &until_ready, NULL);
    send_fd(sockets[1], install_filter());
    execv(argv[1], argv + 1);
    die(argv[1]);
  }
  close(sockets[1]);
  int listener = receive_fd(sockets[0]);
  // Without this flag an answer wakes the caller on another core, which costs ten times as much (Linux 6.6).
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) != 0) {
    perror("ioctl(SECCOMP_IOCTL_NOTIF_SET_FLAGS), going on without");
  }
  sigprocmask(SIG_UNBLOCK, &until_ready, NULL);
  answer_forever(listener);
}
