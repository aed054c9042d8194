// tags: network
// Counters of the device and of protocols.
#include "diag.h"

/* Column `n` of the second line that begins with `group`, as in /proc/net/snmp. */
static long counter(const char *file, const char *group, const char *name) {
  char text[16384];
  snprintf(text, sizeof text, "%s", get(file));
  char *names = strstr(text, group);
  if (!names) return -1;
  char *values = strstr(names + 1, group);
  if (!values) return -1;
  int n = 0, found = -1;
  *strchr(names, '\n') = 0;
  char *save;
  for (char *w = strtok_r(names, " ", &save); w; w = strtok_r(NULL, " ", &save), n++)
    if (!strcmp(w, name)) found = n;
  if (found < 0) return -1;
  char *w = strtok_r(values, " \n", &save);
  for (int i = 0; i < found && w; i++) w = strtok_r(NULL, " \n", &save);
  return w ? atol(w) : -1;
}
static long counter6(const char *name) {
  const char *line = strstr(get("/proc/net/snmp6"), name);
  return line ? atol(line + 32) : -1;
}
static void device(long *bytes, long *packets) {
  long zero[6];
  const char *line = strstr(get("/proc/net/dev"), "lo:");
  sscanf(line + 3, "%ld %ld %ld %ld %ld %ld %ld %ld", bytes, packets, zero, zero + 1, zero + 2, zero + 3,
         zero + 4, zero + 5);
}

int main(void) {
  struct sockaddr_in a, b;
  long bytes, packets, bytes2, packets2;
  int one = bound(SOCK_DGRAM, &a), two = bound(SOCK_DGRAM, &b);
  char buffer[200] = {0};
  CHECK("read", "datagrams of IPv4 are counted");
  device(&bytes, &packets);
  long in = counter("/proc/net/snmp", "Udp:", "InDatagrams"),
       out = counter("/proc/net/snmp", "Udp:", "OutDatagrams");
  for (int i = 0; i < 5; i++) {
    NEED(sendto(one, buffer, 100, 0, (void *)&b, sizeof b));
    NEED(recv(two, buffer, sizeof buffer, 0));
  }
  device(&bytes2, &packets2);
  say("%ld packets, %ld bytes", packets2 - packets, bytes2 - bytes);
  say("in %ld, out %ld", counter("/proc/net/snmp", "Udp:", "InDatagrams") - in,
      counter("/proc/net/snmp", "Udp:", "OutDatagrams") - out);
  CHECK("read", "datagrams that nobody wants");
  long none = counter("/proc/net/snmp", "Udp:", "NoPorts"),
       told = counter("/proc/net/snmp", "Icmp:", "OutDestUnreachs");
  close(two);
  NEED(sendto(one, buffer, 100, 0, (void *)&b, sizeof b));
  for (int i = 0; i < 500 && counter("/proc/net/snmp", "Udp:", "NoPorts") == none; i++) sleep_ms(10);
  say("no port %ld, told %ld", counter("/proc/net/snmp", "Udp:", "NoPorts") - none,
      counter("/proc/net/snmp", "Icmp:", "OutDestUnreachs") - told);
  CHECK("read", "connections are counted");
  long active = counter("/proc/net/snmp", "Tcp:", "ActiveOpens"),
       passive = counter("/proc/net/snmp", "Tcp:", "PassiveOpens");
  long fails = counter("/proc/net/snmp", "Tcp:", "AttemptFails");
  int listener = bound(SOCK_STREAM, &a), client = NEED(socket(AF_INET, SOCK_STREAM, 0));
  NEED(listen(listener, 1));
  NEED(connect(client, (void *)&a, sizeof a));
  int server = NEED(accept(listener, NULL, NULL));
  say("active %ld, passive %ld, now %ld", counter("/proc/net/snmp", "Tcp:", "ActiveOpens") - active,
      counter("/proc/net/snmp", "Tcp:", "PassiveOpens") - passive,
      counter("/proc/net/snmp", "Tcp:", "CurrEstab"));
  close(listener);
  int refused = NEED(socket(AF_INET, SOCK_STREAM, 0));
  R(connect(refused, (void *)&a, sizeof a));
  say("failed %ld", counter("/proc/net/snmp", "Tcp:", "AttemptFails") - fails);
  CHECK("read", "bytes of a connection are counted");
  device(&bytes, &packets);
  static char big[100000];
  for (int i = 0; i < 3; i++) {
    NEED(write(client, big, sizeof big));
    for (long n = 0; n < (long)sizeof big;) n += NEED(read(server, big, sizeof big));
  }
  device(&bytes2, &packets2);
  T(bytes2 - bytes > 300000 && bytes2 - bytes < 330000);
  T(packets2 > packets);
  CHECK("read", "datagrams of IPv6 are counted");
  struct sockaddr_in6 c = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  socklen_t length = sizeof c;
  int six = NEED(socket(AF_INET6, SOCK_DGRAM, 0));
  NEED(bind(six, (void *)&c, sizeof c));
  NEED(getsockname(six, (void *)&c, &length));
  long in6 = counter6("Udp6InDatagrams");
  NEED(sendto(six, buffer, 10, 0, (void *)&c, sizeof c));
  NEED(recv(six, buffer, sizeof buffer, 0));
  say("%ld", counter6("Udp6InDatagrams") - in6);
  return 0;
}
