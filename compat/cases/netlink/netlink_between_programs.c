// tags: network
// Messages between programs (NETLINK_USERSOCK).
#include "netlink.h"

static void say_message(int fd) {
  struct sockaddr_nl from = {0};
  socklen_t length = sizeof from;
  char text[64] = "";
  long n = recvfrom(fd, text, sizeof text, MSG_DONTWAIT, (void *)&from, &length);
  if (n < 0)
    say("nothing: %s", errno_name(errno));
  else
    say("%ld bytes \"%s\" from port %u, groups %#x", n, text, from.nl_pid, from.nl_groups);
}

int main(void) {
  struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_pid = 1001},
                     b = {.nl_family = AF_NETLINK, .nl_pid = 1002};
  int one = nl_open(NETLINK_USERSOCK), two = nl_open(NETLINK_USERSOCK);
  NEED(bind(one, (void *)&a, sizeof a));
  NEED(bind(two, (void *)&b, sizeof b));
  CHECK("sendto recvfrom", "one to another");
  R(sendto(one, "hello", 5, 0, (void *)&b, sizeof b));
  say_message(two);
  say_message(two);
  CHECK("sendto", "to a port that nobody has");
  a.nl_pid = 1003;
  R(sendto(one, "hello", 5, 0, (void *)&a, sizeof a));
  CHECK("sendto", "to the kernel, which does not listen");
  a.nl_pid = 0;
  R(sendto(one, "hello", 5, 0, (void *)&a, sizeof a));
  CHECK("sendto", "nothing at all");
  R(sendto(one, "", 0, 0, (void *)&b, sizeof b));
  CHECK("sendto recvfrom", "who is connected hears of nobody else");
  a.nl_pid = 1005;
  R(connect(two, (void *)&a, sizeof a));
  R(sendto(one, "hello", 5, 0, (void *)&b, sizeof b));
  say_message(two);
  CHECK("sendto recvfrom", "to a group");
  struct sockaddr_nl none = {.nl_family = AF_UNSPEC};
  NEED(connect(two, (void *)&none, sizeof none));
  R(nl_set(two, NETLINK_ADD_MEMBERSHIP, 3));
  a = (struct sockaddr_nl){.nl_family = AF_NETLINK, .nl_pid = 0, .nl_groups = 4};
  R(sendto(one, "all", 3, 0, (void *)&a, sizeof a));
  say_message(two);
  say_message(one);
  a.nl_groups = 8;
  R(sendto(one, "all", 3, 0, (void *)&a, sizeof a));
  say_message(two);
  CHECK("sendto recvfrom", "to a group and a port");
  a.nl_groups = 4;
  a.nl_pid = 1002;
  R(sendto(one, "both", 4, 0, (void *)&a, sizeof a));
  say_message(two);
  say_message(two);
  say_message(two);
  CHECK("sendto(MSG_DONTWAIT)", "a receiver that does not read");
  int small = 1, n = 0;
  NEED(setsockopt(two, SOL_SOCKET, SO_RCVBUF, &small, sizeof small));
  static char big[1500];
  while (n < 100 && sendto(one, big, sizeof big, MSG_DONTWAIT, (void *)&b, sizeof b) == sizeof big) n++;
  say("%s after a few: %s", errno_name(errno), n > 0 && n < 100 ? "yes" : "no");
  return 0;
}
