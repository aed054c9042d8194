// resolve NAME: prints its first IPv4 address, or "none".
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
  char text[INET_ADDRSTRLEN];
  if (argc != 2 || getaddrinfo(argv[1], "80", &hints, &found) != 0) {
    puts("none");
    return 0;
  }
  const struct sockaddr_in *in = (const struct sockaddr_in *)found->ai_addr;
  puts(inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text)));
  freeaddrinfo(found);
  return 0;
}
