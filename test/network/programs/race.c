// race ALLOWED DENIED PORT: while one thread writes the one address and the other by turns, others call with it: sendto(2), sendmmsg(2),
// and connect(2) of TCP and UDP. Prints whether each kind of call has both succeeded and failed, so that there was a race.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define ROUNDS 3000

static struct sockaddr_in shared;
static in_addr_t addresses[2];
static atomic_int over;

static void *flip(void *unused) {
  volatile in_addr_t *place = &shared.sin_addr.s_addr;
  for (unsigned i = 0; !over; i++) *place = addresses[i & 1];
  return unused;
}

static int to_send(void) {
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  int r = sendto(s, "race", 4, 0, (struct sockaddr *)&shared, sizeof(shared));
  close(s);
  return r;
}

static int to_send_many(void) {
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  struct iovec iov = {"race", 4};
  struct mmsghdr messages[4] = {{{0}}};
  for (int i = 0; i < 4; i++) {
    messages[i].msg_hdr.msg_name = &shared;
    messages[i].msg_hdr.msg_namelen = sizeof(shared);
    messages[i].msg_hdr.msg_iov = &iov;
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int r = sendmmsg(s, messages, 4, 0);
  close(s);
  return r == 4 ? 0 : -1;
}

static int to_connect(int type) {
  int s = socket(AF_INET, type | SOCK_NONBLOCK, 0);
  int r = connect(s, (struct sockaddr *)&shared, sizeof(shared));
  if (r == 0) send(s, "race", 4, 0);
  int begun = r == 0 || errno == EINPROGRESS;
  // A reset leaves no port behind.
  struct linger now = {1, 0};
  setsockopt(s, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  close(s);
  return begun ? 0 : -1;
}
static int to_connect_udp(void) {
  return to_connect(SOCK_DGRAM);
}
static int to_connect_tcp(void) {
  return to_connect(SOCK_STREAM);
}

static void race(const char *name, int (*call)(void)) {
  int done = 0, failed = 0;
  for (int i = 0; i < ROUNDS; i++) {
    if (call() >= 0)
      done++;
    else
      failed++;
  }
  printf("%s %s\n", name, done > 0 && failed > 0 ? "both" : done > 0 ? "always" : "never");
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  addresses[0] = inet_addr(argv[1]);
  addresses[1] = inet_addr(argv[2]);
  shared.sin_family = AF_INET;
  shared.sin_port = htons(atoi(argv[3]));
  pthread_t thread;
  pthread_create(&thread, NULL, flip, NULL);
  race("sendto", to_send);
  race("sendmmsg", to_send_many);
  race("connect udp", to_connect_udp);
  race("connect tcp", to_connect_tcp);
  over = 1;
  pthread_join(thread, NULL);
  return 0;
}
