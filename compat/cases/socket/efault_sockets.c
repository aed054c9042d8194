// tags: efault
// Bad pointers to the calls about sockets and what is polled.
#include "case.h"

int main(void) {
  int s[2], ep = NEED(syscall(SYS_epoll_create1, 0));
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
  NEED(write(s[1], "data", 4));
  BAD_POINTERS("socketpair", 5, syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, bad));
  BAD_POINTERS("bind", 4, syscall(SYS_bind, s[0], bad, 10));
  BAD_POINTERS("connect", 4, syscall(SYS_connect, s[0], bad, 10));
  BAD_POINTERS("getsockname", 4, syscall(SYS_getsockname, s[0], bad, bad));
  BAD_POINTERS("getpeername", 4, syscall(SYS_getpeername, s[0], bad, bad));
  BAD_POINTERS("getsockopt", 4, syscall(SYS_getsockopt, s[0], SOL_SOCKET, SO_TYPE, bad, bad));
  BAD_POINTERS("setsockopt", 4, syscall(SYS_setsockopt, s[0], SOL_SOCKET, SO_PASSCRED, bad, 4));
  BAD_POINTERS("sendto", 4, syscall(SYS_sendto, s[0], bad, 4, 0, 0, 0));
  BAD_POINTERS("recvfrom", 5, syscall(SYS_recvfrom, s[0], bad, 4, MSG_PEEK, 0, 0));
  BAD_POINTERS("sendmsg", 4, syscall(SYS_sendmsg, s[0], bad, 0));
  BAD_POINTERS("recvmsg", 4, syscall(SYS_recvmsg, s[0], bad, 0));
  BAD_POINTERS("sendmmsg", 4, syscall(SYS_sendmmsg, s[0], bad, 1, 0));
  BAD_POINTERS("recvmmsg", 4, syscall(SYS_recvmmsg, s[0], bad, 1, MSG_PEEK, 0));
  BAD_POINTERS("epoll_ctl(EPOLL_CTL_ADD)", 4, syscall(SYS_epoll_ctl, ep, 1, s[0], bad));
  R(syscall(SYS_epoll_ctl, ep, 1, s[0], &(struct {
              uint32_t events;
              char data[8];
            }){1}));
  BAD_POINTERS("epoll_wait", 5, syscall(SYS_epoll_wait, ep, bad, 1, 0));
  BAD_POINTERS("ppoll", 4, syscall(SYS_ppoll, bad, 1, 0, 0, 8));
  BAD_POINTERS("pselect6", 4, syscall(SYS_pselect6, 1, bad, 0, 0, 0, 0));
  CHECK("read", "the data is still there");
  char text[8] = {0};
  R(read(s[0], text, 8));
  say("%s", text);
  return 0;
}
