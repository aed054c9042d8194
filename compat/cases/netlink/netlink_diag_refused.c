// tags: network
// Requests of sock_diag(7) that are refused.
#include "diag.h"

int main(void) {
  int fd = nl_open(NETLINK_SOCK_DIAG);
  char body[64] = {0};
  CHECK("sendto recvfrom", "too short");
  body[0] = AF_INET;
  body[1] = IPPROTO_TCP;
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, body, 1);
  nl_try(fd, "one byte");
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, body, 20);
  nl_try(fd, "twenty bytes");
  body[0] = AF_UNIX;
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, body, 10);
  nl_try(fd, "ten bytes of unix");
  CHECK("sendto recvfrom", "families that nobody lists");
  body[0] = AF_BLUETOOTH;
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, body, 56);
  nl_try(fd, "Bluetooth");
  body[0] = (char)200;
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, body, 56);
  nl_try(fd, "200");
  CHECK("sendto recvfrom", "protocols that nobody lists");
  body[0] = AF_INET;
  body[1] = 99;
  nl_begin(SOCK_DIAG_BY_FAMILY, 0, body, 56);
  nl_try(fd, "99");
  CHECK("sendto recvfrom", "types that nobody knows");
  nl_begin(77, 0, body, 56);
  nl_try(fd, "77");
  CHECK("sendto recvfrom", "ending connections is for the administrator");
  NEED(setuid(12345));
  body[1] = IPPROTO_TCP;
  nl_begin(SOCK_DESTROY, NLM_F_ACK, body, 56);
  nl_try(fd, "destroy");
  return 0;
}
