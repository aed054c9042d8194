/* What cases about sock_diag(7) share. */
#ifndef DIAG_CASE_H
#define DIAG_CASE_H
#include "netlink.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/un.h>

static unsigned UNUSED inode_of(int fd) {
  struct stat s;
  NEED(fstat(fd, &s));
  return s.st_ino;
}

/* A socket of IPv4 bound to 127.0.0.1 and a port that nobody else has. */
static int UNUSED bound(int type, struct sockaddr_in *a) {
  socklen_t length = sizeof *a;
  int fd = NEED(socket(AF_INET, type, 0));
  *a = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  NEED(bind(fd, (void *)a, sizeof *a));
  NEED(getsockname(fd, (void *)a, &length));
  return fd;
}

static struct inet_diag_req_v2 UNUSED inet_request(int family, int protocol, unsigned states) {
  return (struct inet_diag_req_v2){
      .sdiag_family = family, .sdiag_protocol = protocol, .idiag_states = states};
}
#endif
