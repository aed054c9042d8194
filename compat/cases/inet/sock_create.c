// tags: network
// Which sockets there are: families, types and protocols.
#include "net.h"

static void try(int family, int type, int protocol) {
  int fd = socket(family, type, protocol), error = errno;
  if (fd < 0) {
    say("%d %d %d: %s", family, type, protocol, errno_name(error));
    return;
  }
  say("%d %d %d: type %d protocol %d", family, type, protocol, option(fd, SOL_SOCKET, SO_TYPE),
      option(fd, SOL_SOCKET, SO_PROTOCOL));
  close(fd);
}

int main(void) {
  CHECK("socket(AF_INET|AF_INET6)", "types and protocols");
  int families[] = {AF_INET, AF_INET6};
  for (int i = 0; i < 2; i++) {
    try(families[i], SOCK_STREAM, 0);
    try(families[i], SOCK_STREAM, IPPROTO_TCP);
    try(families[i], SOCK_STREAM, IPPROTO_UDP);
    try(families[i], SOCK_STREAM, 200);
    try(families[i], SOCK_STREAM, 263);
    try(families[i], SOCK_STREAM, 1000);
    try(families[i], SOCK_STREAM, -1);
    try(families[i], SOCK_DGRAM, 0);
    try(families[i], SOCK_DGRAM, IPPROTO_UDP);
    try(families[i], SOCK_DGRAM, IPPROTO_TCP);
    try(families[i], SOCK_DGRAM, 1000);
    try(families[i], SOCK_RAW, 0);
    try(families[i], SOCK_RDM, 0);
    try(families[i], SOCK_SEQPACKET, 0);
    try(families[i], 0, 0);
    try(families[i], 11, 0);
    try(families[i], SOCK_STREAM | 0x100, 0);
  }
  CHECK("socket", "families that there are not");
  try(AF_UNSPEC, SOCK_STREAM, 0);
  try(-1, SOCK_STREAM, 0);
  try(1000, SOCK_STREAM, 0);
  try(AF_MAX, SOCK_STREAM, 0);
  CHECK("socket(SOCK_CLOEXEC|SOCK_NONBLOCK)", "flags");
  int fd = NEED(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  R(fcntl(fd, F_GETFD));
  T((fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ACCMODE)) == (O_NONBLOCK | O_RDWR));
  fd = NEED(socket(AF_INET, SOCK_STREAM, 0));
  R(fcntl(fd, F_GETFD));
  T((fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ACCMODE)) == O_RDWR);
  CHECK("socketpair", "is not for these families");
  int pair[2];
  R(socketpair(AF_INET, SOCK_STREAM, 0, pair));
  R(socketpair(AF_INET, SOCK_DGRAM, 0, pair));
  R(socketpair(AF_INET6, SOCK_STREAM, 0, pair));
  CHECK("fstat lseek read ftruncate", "a socket as a file");
  struct stat info;
  OK(fstat(fd, &info));
  say("%o, size %d", info.st_mode, (int)info.st_size);
  R(lseek(fd, 0, SEEK_SET));
  R(pread(fd, pair, 1, 0));
  R(ftruncate(fd, 1));
  R(fsync(fd));
  R(read(fd, pair, 1));
  signal(SIGPIPE, SIG_IGN);
  R(write(fd, pair, 1));
  char link[64] = "", path[64];
  sprintf(path, "/proc/self/fd/%d", fd);
  T(readlink(path, link, sizeof link - 1) > 0 && !strncmp(link, "socket:[", 8));
  R(open(path, O_RDWR));
  return 0;
}
