/* 10,000 descriptors in several processes, paths and names beyond every limit, deep trees, huge vectors and counts. */
#include "guest.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

static void descriptors(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max < 10000 ? limit.rlim_max : 10000;
  setrlimit(RLIMIT_NOFILE, &limit);
  int epoll = epoll_create1(0), pair[2], made = 0;
  while (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT};
    epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &event);
    made += 2;
  }
  printf("descriptors: %s, %s\n", made > 900 ? "many" : "few", errno == EMFILE ? "EMFILE" : strerror(errno));
  fflush(stdout);
  for (int i = 0; i < 4; i++)
    if (fork() == 0) {
      static struct epoll_event events[20000];
      _exit(epoll_wait(epoll, events, 20000, 0) > 0 ? 0 : 1);
    }
  int status;
  while (wait(&status) > 0)
    if (status != 0) printf("a child with them failed: %#x\n", status);
  syscall(SYS_close_range, 3, ~0U, 0);
}

static void paths(void) {
  size_t size = 64 << 20;
  char *path = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  memset(path, '/', 1 << 20);
  /* Never ends; and slashes only. */
  printf("endless slashes: %d\n", open(path, O_RDONLY) == -1 && errno == ENAMETOOLONG);
  memset(path, 'x', 8192);
  printf("4096 and more: %d\n", mkdir(path, 0755) == -1 && errno == ENAMETOOLONG);
  path[256] = 0;
  printf("256 bytes: %d\n", mkdir(path, 0755) == -1 && errno == ENAMETOOLONG);
  path[255] = 0;
  printf("255 bytes: %d\n", mkdir(path, 0755) == 0 && rmdir(path) == 0);
  for (int i = 1; i < 256; i++) {
    char name[2] = {i, 0};
    if (i != '/' && i != '.' && (mkdir(name, 0755) || rmdir(name)))
      printf("name %d: %s\n", i, strerror(errno));
  }
  path[200] = 0;
  int depth = 0;
  while (depth < 300 && mkdir(path, 0755) == 0 && chdir(path) == 0) depth++;
  printf("depth %d\n", depth);
  while (depth-- > 0)
    if (chdir("..") || rmdir(path)) break;
  printf("back %d\n", depth);
  fflush(stdout);
}

static void counts(void) {
  static struct iovec vectors[1024];
  static struct pollfd polls[4096];
  int fd = open("data", O_RDWR | O_CREAT, 0644);
  char *big =
      mmap(NULL, 1UL << 32, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  for (int i = 0; i < 1024; i++) vectors[i] = (struct iovec){big, 0x7ffff000};
  printf("vectors beyond all memory: %d\n", writev(fd, vectors, 1024) != 0);
  ftruncate(fd, 0);
  /* Each of these may do a part or fail, but must come back. */
  pread(fd, big, 1UL << 40, 0);
  syscall(SYS_getdents64, fd, big, 1UL << 31);
  syscall(SYS_getrandom, big, 1 << 20, 0);
  syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", big, 1 << 30);
  syscall(SYS_getcwd, big, 1UL << 40);
  syscall(SYS_sendto, 1, big, 1UL << 40, 0, big, 1 << 30);
  syscall(SYS_setgroups, 1 << 30, big);
  syscall(SYS_poll, polls, 1 << 30, 0);
  syscall(SYS_select, 1 << 30, big, big, big, 0);
  syscall(SYS_process_vm_readv, getpid(), vectors, 1UL << 50, vectors, 1UL << 50, 0);
  syscall(SYS_setxattr, "data", "user.x", big, 1UL << 32, 0);
  syscall(SYS_fcntl, fd, F_SETPIPE_SZ, 1 << 31);
  ftruncate(fd, INT64_MAX);
  pwrite(fd, "x", 1, INT64_MAX - 1);
  lseek(fd, INT64_MAX, SEEK_SET);
  write(fd, "xx", 2);
  syscall(SYS_fallocate, fd, 0, INT64_MAX - 10, 1L << 40);
  printf("counts done\n");
  fflush(stdout);
}

int main(void) {
  work_directory();
  descriptors();
  paths();
  counts();
  return still_alive();
}
