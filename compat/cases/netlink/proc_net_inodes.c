// tags: network
// The numbers by which programs find the owner of a socket.
#include "diag.h"

/* The inode column of the row with this local address. */
static unsigned long listed(const char *table, const char *key, int column) {
  FILE *f = fopen(table, "r");
  char line[512];
  unsigned long found = 0;
  while (f && fgets(line, sizeof line, f)) {
    if (!strstr(line, key)) continue;
    char *word = strtok(line, " ");
    for (int i = 0; i < column && word; i++) word = strtok(NULL, " ");
    if (word) found = strtoul(word, NULL, 10);
  }
  if (f) fclose(f);
  return found;
}

static void compare(const char *label, int fd, unsigned long inode) {
  char path[64], target[64] = "", wanted[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  NEED(readlink(path, target, sizeof target - 1));
  snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
  say("%s: %s", label, strcmp(target, wanted) ? "another" : "the same");
  T(inode == inode_of(fd));
}

int main(void) {
  struct sockaddr_in a;
  char key[64];
  CHECK("readlink fstat", "TCP");
  int fd = bound(SOCK_STREAM, &a);
  NEED(listen(fd, 1));
  snprintf(key, sizeof key, "0100007F:%04X 00000000:0000 0A", ntohs(a.sin_port));
  compare("tcp", fd, listed("/proc/net/tcp", key, 9));
  CHECK("readlink fstat", "UDP");
  fd = bound(SOCK_DGRAM, &a);
  snprintf(key, sizeof key, "0100007F:%04X 00000000:0000 07", ntohs(a.sin_port));
  compare("udp", fd, listed("/proc/net/udp", key, 9));
  CHECK("readlink fstat", "netlink");
  fd = nl_open(NETLINK_USERSOCK);
  struct sockaddr_nl n = {.nl_family = AF_NETLINK, .nl_pid = 123456, .nl_groups = 5};
  NEED(bind(fd, (void *)&n, sizeof n));
  compare("netlink", fd, listed("/proc/net/netlink", " 123456 ", 9));
  CHECK("read", "groups of a netlink socket");
  say("%s", strstr(get("/proc/net/netlink"), "2   123456     00000005 0        0        0     2        0")
                ? "listed"
                : "not listed");
  CHECK("fstat", "what kind of file a socket is");
  struct stat s;
  NEED(fstat(fd, &s));
  T(S_ISSOCK(s.st_mode));
  say("mode %o, size %ld", s.st_mode & 07777, (long)s.st_size);
  return 0;
}
