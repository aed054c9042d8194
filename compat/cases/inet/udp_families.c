// tags: network
// Datagrams to addresses of another family than the socket's, and of none.
#include "net.h"

static int to_family(int fd, int family, const char *ip, int port, int len) {
  struct sockaddr_storage ss = {0};
  if (strchr(ip, ':') != NULL) {
    struct sockaddr_in6 *a = (struct sockaddr_in6 *)&ss;
    a->sin6_port = htons(port);
    inet_pton(AF_INET6, ip, &a->sin6_addr);
  } else {
    struct sockaddr_in *a = (struct sockaddr_in *)&ss;
    a->sin_port = htons(port);
    inet_pton(AF_INET, ip, &a->sin_addr);
  }
  ss.ss_family = family;
  return sendto(fd, "x", 1, 0, (struct sockaddr *)&ss, len);
}

int main(void) {
  int a = udp4("127.0.0.1", 7470);
  int b = NEED(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  int c = NEED(socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  CHECK("sendto(AF_UNSPEC)", "an IPv4 socket takes it for its own family");
  R(to_family(b, AF_UNSPEC, "127.0.0.1", 7470, 16));
  settle();
  say_message("a", a, 0);
  R(to_family(b, AF_UNSPEC, "127.0.0.1", 7470, 15));
  R(to_family(b, AF_UNSPEC, "127.0.0.1", 0, 16));
  CHECK("sendto(AF_INET)", "an IPv6 socket sends to IPv4");
  R(to_family(c, AF_INET, "127.0.0.1", 7470, 16));
  settle();
  say_message("a", a, 0);
  R(to_family(c, AF_INET, "127.0.0.1", 7470, 15));
  CHECK("sendto", "other families");
  R(to_family(b, AF_INET6, "::1", 7470, 28));
  R(to_family(b, AF_UNIX, "127.0.0.1", 7470, 16));
  CHECK("connect", "to other families");
  R(connect(b, (struct sockaddr *)&(struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(7470)},
            28));
  R(connect(c, (struct sockaddr *)&(struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(7470)}, 16));
  say_names("c", c);
  return 0;
}
