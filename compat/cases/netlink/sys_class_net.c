// tags: network
// The loopback device in /sys/class/net.
#include "diag.h"

static void show(const char *name) {
  char path[128], text[256] = "";
  snprintf(path, sizeof path, "/sys/class/net/lo/%s", name);
  struct stat s;
  if (stat(path, &s)) {
    say("%s: %s", name, errno_name(errno));
    return;
  }
  int fd = open(path, O_RDONLY);
  long n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  int saved = errno;
  if (fd >= 0) close(fd);
  text[strcspn(text, "\n")] = 0;
  say("%s: mode %o, size %ld, %s", name, s.st_mode & 0777, (long)s.st_size, n < 0 ? errno_name(saved) : text);
}

int main(void) {
  static const char *names[] = {
      "address",   "addr_len",     "addr_assign_type", "broadcast", "carrier",      "dev_id",
      "dev_port",  "dormant",      "duplex",           "flags",     "ifindex",      "iflink",
      "link_mode", "mtu",          "operstate",        "speed",     "tx_queue_len", "type",
      "ifalias",   "netdev_group", "proto_down"};
  CHECK("openat read fstat", "attributes");
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) show(names[i]);
  CHECK("openat read", "counters");
  show("statistics/collisions");
  show("statistics/rx_dropped");
  show("statistics/tx_errors");
  show("statistics/nothing");
  CHECK("readlink", "where the device is");
  char target[128] = "";
  NEED(readlink("/sys/class/net/lo", target, sizeof target - 1));
  say("%s", target);
  memset(target, 0, sizeof target);
  NEED(readlink("/sys/class/net/lo/subsystem", target, sizeof target - 1));
  say("%s", target);
  return 0;
}
