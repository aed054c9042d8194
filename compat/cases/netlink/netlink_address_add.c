// tags: network
// Addresses of lo that are added and taken away, and sockets that use them.
#include "netlink.h"

static void try(int fd, int type, int flags, const char *text, int prefix) {
  nl_address(type, flags, text, prefix);
  char label[64];
  snprintf(label, sizeof label, "%s %s/%d", type == RTM_NEWADDR ? "add" : "delete", text, prefix);
  nl_try(fd, label);
}

/* From one socket to another over an address. */
static void talk(const char *text) {
  struct sockaddr_in a = {.sin_family = AF_INET}, from;
  socklen_t length = sizeof a;
  inet_pton(AF_INET, text, &a.sin_addr);
  int server = NEED(socket(AF_INET, SOCK_DGRAM, 0)), client = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  R(bind(server, (void *)&a, sizeof a));
  NEED(getsockname(server, (void *)&a, &length));
  R(sendto(client, "hello", 5, 0, (void *)&a, sizeof a));
  R(recvfrom(server, reply, sizeof reply, 0, (void *)&from, &length));
  say("from %s", inet_ntoa(from.sin_addr));
  close(server);
  close(client);
}

int main(void) {
  int fd = nl_open(NETLINK_ROUTE);
  const int create = NLM_F_CREATE | NLM_F_EXCL;
  CHECK("sendto recvfrom bind", "an address is there when it was added");
  say_bindable("192.0.2.5");
  try(fd, RTM_NEWADDR, create, "192.0.2.5", 32);
  say_bindable("192.0.2.5");
  say_bindable("192.0.2.6");
  CHECK("sendto recvfrom", "and carries messages");
  talk("192.0.2.5");
  CHECK("sendto recvfrom", "the same again");
  try(fd, RTM_NEWADDR, create, "192.0.2.5", 32);
  try(fd, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, "192.0.2.5", 32);
  try(fd, RTM_NEWADDR, create, "192.0.2.5", 24);
  CHECK("sendto recvfrom bind", "a whole network is local");
  try(fd, RTM_NEWADDR, create, "198.51.100.1", 24);
  say_bindable("198.51.100.1");
  say_bindable("198.51.100.77");
  say_bindable("198.51.101.1");
  talk("198.51.100.77");
  CHECK("sendto recvfrom bind", "taken away");
  try(fd, RTM_DELADDR, 0, "198.51.100.1", 24);
  say_bindable("198.51.100.1");
  try(fd, RTM_DELADDR, 0, "198.51.100.1", 24);
  try(fd, RTM_DELADDR, 0, "192.0.2.5", 31);
  try(fd, RTM_DELADDR, 0, "192.0.2.5", 32);
  CHECK("sendto recvfrom", "what cannot be added");
  try(fd, RTM_NEWADDR, create, "192.0.2.9", 33);
  struct ifaddrmsg body = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = 1};
  nl_begin(RTM_NEWADDR, create | NLM_F_ACK, &body, sizeof body);
  nl_try(fd, "no address");
  body.ifa_index = 99;
  nl_begin(RTM_NEWADDR, create | NLM_F_ACK, &body, sizeof body);
  nl_attr(IFA_LOCAL, "\1\2\3\4", 4);
  nl_try(fd, "no device");
  nl_begin(RTM_NEWADDR, create | NLM_F_ACK, &body, 4);
  nl_try(fd, "too short");
  body.ifa_family = AF_UNIX;
  nl_begin(RTM_NEWADDR, create | NLM_F_ACK, &body, sizeof body);
  nl_try(fd, "another family");
  return 0;
}
