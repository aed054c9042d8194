// tags: network
// /proc/net/tcp and its kin.
#include "inet.h"

/* The first rows of a table, up to the column that differs from run to run. */
static void table(const char *path, int columns) {
  char copy[8192];
  snprintf(copy, sizeof copy, "%s", get(path));
  char *line = strtok(copy, "\n");
  say("%s: %d", path, line ? (int)strlen(line) : -1);
  while ((line = strtok(NULL, "\n"))) {
    int spaces = 0;
    char *end = line;
    while (*end == ' ') end++;
    while (*end && spaces < columns) {
      while (*end && *end != ' ') end++;
      if (++spaces < columns)
        while (*end == ' ') end++;
    }
    *end = 0;
    say("%s", line);
  }
}

int main(void) {
  CHECK("socket listen", "/proc/net/tcp");
  int l = listen4(7600, 5);
  table("/proc/net/tcp", 5);
  int c = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(bind4(c, "127.0.0.1", 7601));
  table("/proc/net/tcp", 4);
  NEED(connect4(c, "127.0.0.1", 7600));
  NEED(accept(l, NULL, NULL));
  int rows = 0;
  for (const char *p = get("/proc/net/tcp"); (p = strstr(p, " 01 ")); p++) rows++;
  say("connected: %d", rows);
  CHECK("socket bind", "/proc/net/udp");
  int u = NEED(socket(AF_INET, SOCK_DGRAM, 0));
  T(strstr(get("/proc/net/udp"), "1E14") == NULL);
  NEED(bind4(u, "127.0.0.1", 7700));
  T(strstr(get("/proc/net/udp"),
           ": 0100007F:1E14 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 ") !=
    NULL);
  CHECK("socket listen", "/proc/net/tcp6");
  int l6 = NEED(socket(AF_INET6, SOCK_STREAM, 0));
  NEED(bind6(l6, "::1", 7602));
  NEED(listen(l6, 5));
  table("/proc/net/tcp6", 5);
  CHECK("openat", "tables of the device");
  say("%s", get("/proc/net/if_inet6"));
  T(strstr(get("/proc/net/dev"), "    lo:") != NULL);
  return 0;
}
