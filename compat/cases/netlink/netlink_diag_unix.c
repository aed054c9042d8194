// tags: network
// Unix sockets as ss(8) asks for them.
#include "diag.h"

static unsigned inodes[4];
static int number(unsigned inode) {
  for (int i = 0; i < 4; i++)
    if (inodes[i] == inode) return i;
  return -1;
}

static void show(const struct nlmsghdr *h) {
  const struct unix_diag_msg *m = NLMSG_DATA(h);
  int f = sizeof *m;
  const struct rtattr *name = nl_find(h, f, UNIX_DIAG_NAME), *queue = nl_find(h, f, UNIX_DIAG_RQLEN),
                      *peer = nl_find(h, f, UNIX_DIAG_PEER), *down = nl_find(h, f, UNIX_DIAG_SHUTDOWN);
  const char *text = name ? RTA_DATA(name) : NULL;
  say("socket %d: family %d type %d state %d", number(m->udiag_ino), m->udiag_family, m->udiag_type,
      m->udiag_state);
  if (text) say("  name %s%s of %d bytes", *text ? "" : "@", *text ? text : text + 1, (int)RTA_PAYLOAD(name));
  if (peer) say("  peer %d", number(*(unsigned *)RTA_DATA(peer)));
  if (queue && m->udiag_state == 10)
    say("  queue %u of %u", ((unsigned *)RTA_DATA(queue))[0], ((unsigned *)RTA_DATA(queue))[1]);
  if (queue && m->udiag_state == 1)
    T(((unsigned *)RTA_DATA(queue))[0] == 3 || ((unsigned *)RTA_DATA(queue))[0] == 0);
  if (down) say("  shut down %d", *(char *)RTA_DATA(down));
  T((nl_find(h, f, UNIX_DIAG_VFS) != NULL) == (text && *text));
}

static void one(int fd, unsigned inode, unsigned show_what) {
  struct unix_diag_req r = {.sdiag_family = AF_UNIX,
                            .udiag_ino = inode,
                            .udiag_show = show_what,
                            .udiag_states = ~0u,
                            .udiag_cookie = {-1, -1}};
  nl_begin(SOCK_DIAG_BY_FAMILY, 0, &r, sizeof r);
  if (nl_ask(fd) > 0 && ((struct nlmsghdr *)reply)->nlmsg_type == SOCK_DIAG_BY_FAMILY)
    show((void *)reply);
  else
    say("%s", nl_error());
}

int main(void) {
  struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "socket"};
  int listener = NEED(socket(AF_UNIX, SOCK_STREAM, 0)), client = NEED(socket(AF_UNIX, SOCK_STREAM, 0));
  NEED(bind(listener, (void *)&a, sizeof a));
  NEED(listen(listener, 4));
  NEED(connect(client, (void *)&a, sizeof a));
  int server = NEED(accept(listener, NULL, NULL)), abstract = NEED(socket(AF_UNIX, SOCK_DGRAM, 0));
  struct sockaddr_un b = {.sun_family = AF_UNIX, .sun_path = "\0netlink-case"};
  NEED(bind(abstract, (void *)&b, sizeof(sa_family_t) + 13));
  NEED(write(client, "abc", 3));
  inodes[0] = inode_of(listener);
  inodes[1] = inode_of(client);
  inodes[2] = inode_of(server);
  inodes[3] = inode_of(abstract);
  int fd = nl_open(NETLINK_SOCK_DIAG);
  const unsigned all = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS | UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN;
  CHECK("sendto recvfrom", "a listener");
  one(fd, inodes[0], all);
  CHECK("sendto recvfrom", "both ends of a connection");
  one(fd, inodes[1], all);
  one(fd, inodes[2], all);
  CHECK("sendto recvfrom", "an abstract name");
  one(fd, inodes[3], all);
  CHECK("sendto recvfrom shutdown", "shut down");
  NEED(shutdown(client, SHUT_WR));
  one(fd, inodes[1], UDIAG_SHOW_NAME);
  CHECK("sendto recvfrom", "nobody");
  one(fd, 0, all);
  one(fd, 0xfffffff0, all);
  CHECK("sendto recvfrom", "all listeners");
  struct unix_diag_req r = {.sdiag_family = AF_UNIX, .udiag_states = 1 << 10, .udiag_show = all};
  nl_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &r, sizeof r);
  say("%d", nl_dump(fd, show));
  return 0;
}
