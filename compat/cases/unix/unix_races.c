// Many connections at once: each is accepted once, and what is sent arrives in order.
#include "unix.h"

#define CLIENTS 8
#define ROUNDS 25
static atomic_int refused, wrong;
static void *client(void *argument) {
  long me = (long)argument;
  for (long i = 0; i < ROUNDS; i++) {
    int fd = given_socket(SOCK_STREAM);
    while (connect_to(fd, "server") == -1) refused++;
    long text[2] = {me, i}, back[2] = {0};
    if (write(fd, text, sizeof text) != sizeof text) wrong++;
    if (recv(fd, back, sizeof back, MSG_WAITALL) != sizeof back || back[0] != me || back[1] != i + 1) wrong++;
    close(fd);
  }
  return NULL;
}
static int server, served;
static void *serve(void *unused UNUSED) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  while (true) {
    int fd = accept(server, NULL, NULL);
    if (fd < 0) return NULL;
    long text[2];
    if (recv(fd, text, sizeof text, MSG_WAITALL) != sizeof text) wrong++;
    text[1]++;
    if (write(fd, text, sizeof text) != sizeof text) wrong++;
    close(fd);
    pthread_mutex_lock(&lock);
    served++;
    pthread_mutex_unlock(&lock);
  }
}
int main(void) {
  CHECK("connect accept", "eight clients, two servers, a short backlog");
  server = given_listener(SOCK_STREAM, "server", 2);
  pthread_t servers[2], clients[CLIENTS];
  for (int i = 0; i < 2; i++) NEED(pthread_create(&servers[i], NULL, serve, NULL));
  for (long i = 0; i < CLIENTS; i++) NEED(pthread_create(&clients[i], NULL, client, (void *)i));
  for (int i = 0; i < CLIENTS; i++) pthread_join(clients[i], NULL);
  NEED(shutdown(server, SHUT_RDWR));
  for (int i = 0; i < 2; i++) pthread_join(servers[i], NULL);
  say("served %d, refused %d, wrong %d", served, refused, wrong);
  CHECK("sendto recvfrom", "datagrams of many senders: none lost, each sender's in order");
  int receiver = given_bound(SOCK_DGRAM, "receiver");
  for (int i = 0; i < 4; i++)
    if (fork() == 0) {
      int fd = given_socket(SOCK_DGRAM);
      NEED(connect_to(fd, "receiver"));
      for (int j = 0; j < 100; j++) {
        int text[2] = {i, j};
        if (send(fd, text, sizeof text, 0) != sizeof text) _exit(1);
      }
      _exit(0);
    }
  int next[4] = {0}, order = 0;
  for (int i = 0; i < 400; i++) {
    int text[2];
    NEED(recv(receiver, text, sizeof text, 0));
    order += next[text[0]]++ == text[1];
  }
  int failed = 0, status;
  while (wait(&status) > 0) failed += status != 0;
  say("in order %d, failed %d", order, failed);
  CHECK("close recvfrom", "a reader never misses the end");
  int ends = 0;
  for (int i = 0; i < 40; i++) {
    int s[2];
    given_pair(SOCK_STREAM, s);
    pid_t child = CHILD({
      close(s[1]);
      NEED(write(s[0], "x", 1));
    });
    close(s[0]);
    char text[2];
    ends += recv(s[1], text, 1, 0) == 1 && recv(s[1], text, 1, 0) == 0;
    close(s[1]);
    waitpid(child, NULL, 0);
  }
  R(ends);
  return 0;
}
