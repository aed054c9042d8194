/* What cases about netlink share: requests with attributes, and their answers. */
#ifndef NETLINK_CASE_H
#define NETLINK_CASE_H
#include "../case.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>

static char reply[65536] UNUSED __attribute__((aligned(8)));
static char request[8192] UNUSED __attribute__((aligned(8)));

static int UNUSED nl_open(int protocol) {
  return NEED(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
}

/* Begin a request with its fixed part. */
static struct nlmsghdr UNUSED *nl_begin(int type, int flags, const void *body, int length) {
  struct nlmsghdr *h = (void *)request;
  memset(request, 0, sizeof request);
  *h = (struct nlmsghdr){.nlmsg_len = NLMSG_LENGTH(length),
                         .nlmsg_type = type,
                         .nlmsg_flags = NLM_F_REQUEST | flags,
                         .nlmsg_seq = 42};
  memcpy(NLMSG_DATA(h), body, length);
  return h;
}

/* Append an attribute. */
static void UNUSED nl_attr(int type, const void *data, int length) {
  struct nlmsghdr *h = (void *)request;
  struct rtattr *a = (void *)(request + NLMSG_ALIGN(h->nlmsg_len));
  a->rta_type = type;
  a->rta_len = RTA_LENGTH(length);
  memcpy(RTA_DATA(a), data, length);
  h->nlmsg_len = NLMSG_ALIGN(h->nlmsg_len) + RTA_ALIGN(a->rta_len);
}

/* Send what was begun and take the first answer. */
static long UNUSED nl_ask(int fd) {
  struct nlmsghdr *h = (void *)request;
  NEED(send(fd, request, h->nlmsg_len, 0));
  return recv(fd, reply, sizeof reply, MSG_DONTWAIT);
}

/* The error number of an answer, as its name. */
static const char UNUSED *nl_error(void) {
  struct nlmsghdr *h = (void *)reply;
  struct nlmsgerr *e = NLMSG_DATA(h);
  if (h->nlmsg_type == NLMSG_DONE) return *(int *)NLMSG_DATA(h) ? errno_name(-*(int *)NLMSG_DATA(h)) : "done";
  if (h->nlmsg_type != NLMSG_ERROR) return "an answer";
  return e->error ? errno_name(-e->error) : "acknowledged";
}

/* Ask, and print what became of it. */
static void UNUSED nl_try(int fd, const char *label) {
  long n = nl_ask(fd);
  say("%s: %s", label, n < 0 ? errno_name(errno) : nl_error());
}

static const struct rtattr UNUSED *nl_find(const struct nlmsghdr *h, int fixed, int type) {
  const struct rtattr *a = (void *)((char *)NLMSG_DATA(h) + NLMSG_ALIGN(fixed));
  int left = h->nlmsg_len - NLMSG_SPACE(fixed);
  for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
    if ((a->rta_type & NLA_TYPE_MASK) == type) return a;
  return NULL;
}
static unsigned UNUSED nl_u32(const struct nlmsghdr *h, int fixed, int type) {
  const struct rtattr *a = nl_find(h, fixed, type);
  return a ? *(const unsigned *)RTA_DATA(a) : 0xdeadbeef;
}
static const char UNUSED *nl_ip(const struct rtattr *a) {
  static char text[4][64];
  static int turn;
  char *out = text[turn++ & 3];
  if (!a) return "none";
  inet_ntop(RTA_PAYLOAD(a) == 4 ? AF_INET : AF_INET6, RTA_DATA(a), out, 64);
  return out;
}

/* Everything that a dump gives, message by message; the value is how many there were. */
static int UNUSED nl_dump(int fd, void (*each)(const struct nlmsghdr *)) {
  struct nlmsghdr *sent = (void *)request;
  int count = 0;
  NEED(send(fd, request, sent->nlmsg_len, 0));
  for (;;) {
    int left = NEED(recv(fd, reply, sizeof reply, 0));
    for (struct nlmsghdr *h = (void *)reply; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
      if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR) {
        int error = *(int *)NLMSG_DATA(h);
        if (error) say("ended by %s", errno_name(-error));
        return count;
      }
      count++;
      if (each) each(h);
    }
  }
}

/* An address of lo: RTM_NEWADDR or RTM_DELADDR. */
static void UNUSED nl_address(int type, int flags, const char *text, int prefix) {
  int family = strchr(text, ':') ? AF_INET6 : AF_INET;
  char bytes[16];
  int size = family == AF_INET ? 4 : 16;
  inet_pton(family, text, bytes);
  struct ifaddrmsg body = {.ifa_family = family, .ifa_prefixlen = prefix, .ifa_index = 1};
  nl_begin(type, flags | NLM_F_ACK, &body, sizeof body);
  nl_attr(IFA_LOCAL, bytes, size);
  nl_attr(IFA_ADDRESS, bytes, size);
}

/* Can a socket be bound to this address? */
static void UNUSED say_bindable(const char *text) {
  struct sockaddr_in to = {.sin_family = AF_INET};
  struct sockaddr_in6 to6 = {.sin6_family = AF_INET6};
  bool v6 = strchr(text, ':');
  int fd = NEED(socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0));
  int r;
  if (v6) {
    inet_pton(AF_INET6, text, &to6.sin6_addr);
    r = bind(fd, (void *)&to6, sizeof to6);
  } else {
    inet_pton(AF_INET, text, &to.sin_addr);
    r = bind(fd, (void *)&to, sizeof to);
  }
  say("bind to %s: %s", text, r ? errno_name(errno) : "ok");
  close(fd);
}

static int UNUSED nl_set(int fd, int option, int value) {
  return setsockopt(fd, SOL_NETLINK, option, &value, sizeof value);
}
#endif
