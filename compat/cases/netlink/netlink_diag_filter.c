// tags: network
// Filters of ss(8): a program that is run for each socket.
#include "diag.h"

static int total;
static void count(const struct nlmsghdr *h) {
  (void)h;
  total++;
}

static void run(int fd, const char *label, const void *program, int length) {
  struct inet_diag_req_v2 r = inet_request(AF_INET, IPPROTO_TCP, 1 << 10);
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  nl_attr(INET_DIAG_REQ_BYTECODE, program, length);
  total = 0;
  nl_dump(fd, count);
  say("%s: %d", label, total);
}

int main(void) {
  struct sockaddr_in a, b;
  int one = bound(SOCK_STREAM, &a), two = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(listen(one, 1));
  b = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(7)};
  NEED(bind(two, (void *)&b, sizeof b));
  NEED(listen(two, 1));
  int fd = nl_open(NETLINK_SOCK_DIAG);
  struct inet_diag_bc_op p[4] = {{INET_DIAG_BC_S_GE, 8, 12}, {0, 0, 7}};
  CHECK("sendto recvfrom", "ports");
  run(fd, "at least 7", p, 8);
  p[1].no = 8;
  run(fd, "at least 8", p, 8);
  p[0].code = INET_DIAG_BC_S_LE;
  run(fd, "at most 8", p, 8);
  p[0].code = INET_DIAG_BC_S_EQ;
  run(fd, "exactly 8", p, 8);
  p[1].no = 7;
  run(fd, "exactly 7", p, 8);
  p[0].code = INET_DIAG_BC_D_EQ;
  p[1].no = 0;
  run(fd, "to nobody", p, 8);
  CHECK("sendto recvfrom", "addresses");
  struct {
    struct inet_diag_bc_op op;
    struct inet_diag_hostcond c;
    unsigned address;
  } host = {{INET_DIAG_BC_S_COND, 16, 20}, {AF_INET, 8, -1}, htonl(INADDR_LOOPBACK)};
  run(fd, "127.0.0.0/8", &host, sizeof host);
  host.c.prefix_len = 0;
  run(fd, "any", &host, sizeof host);
  host.c.prefix_len = 32;
  host.c.port = 7;
  run(fd, "127.0.0.1:7", &host, sizeof host);
  CHECK("sendto recvfrom", "not this, but the other");
  struct inet_diag_bc_op n[4] = {{INET_DIAG_BC_S_EQ, 8, 12}, {0, 0, 7}, {INET_DIAG_BC_JMP, 4, 8}, {0}};
  run(fd, "not port 7", n, 12);
  CHECK("sendto recvfrom", "programs that are not well-formed");
  n[0].no = 3;
  run(fd, "a jump that is not whole", n, 12);
  n[0].no = 100;
  run(fd, "a jump beyond the end", n, 12);
  n[0] = (struct inet_diag_bc_op){200, 4, 8};
  run(fd, "an unknown operation", n, 12);
  n[0] = (struct inet_diag_bc_op){INET_DIAG_BC_S_GE, 8, 12};
  run(fd, "an operand that is missing", n, 4);
  n[0] = (struct inet_diag_bc_op){INET_DIAG_BC_NOP, 0, 0};
  run(fd, "no step", n, 12);
  host.c.prefix_len = 33;
  run(fd, "33 bits", &host, sizeof host);
  return 0;
}
