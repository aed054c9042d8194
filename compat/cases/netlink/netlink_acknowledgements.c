// tags: network
// NLMSG_ERROR: how much of the request it quotes, and what it adds.
#include "netlink.h"

static void show(int fd) {
  struct nlmsghdr *sent = (void *)request, *h = (void *)reply;
  NEED(send(fd, request, sent->nlmsg_len, 0));
  long n = recv(fd, reply, sizeof reply, MSG_DONTWAIT);
  if (n < 0) {
    say("nothing");
    return;
  }
  struct nlmsgerr *e = NLMSG_DATA(h);
  bool whole = !(h->nlmsg_flags & NLM_F_CAPPED);
  say("type %d, flags %#x, seq %u, error %s, about type %d, quotes %s", h->nlmsg_type, h->nlmsg_flags,
      h->nlmsg_seq, e->error ? errno_name(-e->error) : "none", e->msg.nlmsg_type,
      whole ? "all" : "the header");
  unsigned least = NLMSG_LENGTH(4 + (whole ? NLMSG_ALIGN(sent->nlmsg_len) : NLMSG_HDRLEN));
  if (h->nlmsg_flags & NLM_F_ACK_TLVS)
    T(h->nlmsg_len > least);
  else
    T(h->nlmsg_len == least);
}

int main(void) {
  struct ifinfomsg link = {.ifi_index = 99};
  int fd = nl_open(NETLINK_ROUTE);
  CHECK("sendto recvfrom", "an error quotes the request");
  nl_begin(RTM_GETLINK, 0, &link, sizeof link);
  show(fd);
  CHECK("setsockopt(NETLINK_CAP_ACK)", "or only its header");
  NEED(nl_set(fd, NETLINK_CAP_ACK, 1));
  show(fd);
  NEED(nl_set(fd, NETLINK_CAP_ACK, 0));
  CHECK("setsockopt(NETLINK_EXT_ACK)", "and says why");
  NEED(nl_set(fd, NETLINK_EXT_ACK, 1));
  NEED(nl_set(fd, NETLINK_GET_STRICT_CHK, 1));
  link.ifi_type = 5;
  nl_begin(RTM_GETLINK, 0, &link, sizeof link);
  show(fd);
  NEED(nl_set(fd, NETLINK_CAP_ACK, 1));
  show(fd);
  CHECK("sendto recvfrom", "NLM_F_ACK of what is done");
  struct nlmsghdr *h = nl_begin(NLMSG_NOOP, NLM_F_ACK, "", 0);
  show(fd);
  h->nlmsg_flags = NLM_F_ACK;
  show(fd);
  h->nlmsg_flags = NLM_F_REQUEST;
  show(fd);
  CHECK("sendto recvfrom", "an answer and its acknowledgement");
  link = (struct ifinfomsg){.ifi_index = 1};
  nl_begin(RTM_GETLINK, NLM_F_ACK, &link, sizeof link);
  T(nl_ask(fd) > 100);
  say("%s", nl_error());
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  say("%s", nl_error());
  CHECK("sendto recvfrom", "a dump has none");
  struct rtgenmsg any = {.rtgen_family = AF_UNSPEC};
  nl_begin(RTM_GETNSID, NLM_F_DUMP | NLM_F_ACK, &any, sizeof any);
  T(nl_ask(fd) > 0);
  say("%s", nl_error());
  R(recv(fd, reply, sizeof reply, MSG_DONTWAIT));
  return 0;
}
