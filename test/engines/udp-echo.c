/* udp-echo PORT: sends every datagram back. busybox has nothing that does. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(fd, (struct sockaddr *)&name, sizeof name)) return 1;
  for (;;) {
    char bytes[1500];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t got = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);
    if (got < 0 || sendto(fd, bytes, got, 0, (struct sockaddr *)&from, size) < 0) return 1;
  }
}
