// tags: network
// A socket of several descriptors and processes.
#include "net.h"

static int fd;
static void *reader(void *ready) {
  char data[10];
  tell(*(struct gate *)ready);
  ssize_t got = recv(fd, data, 10, 0);
  say("reader: %zd", got);
  return NULL;
}

int main(void) {
  char data[10];
  struct connection c = connection4(7780);
  CHECK("close", "one of two descriptors");
  int copy = NEED(dup(c.client));
  R(close(c.client));
  settle();
  say_poll("server", c.server);
  R(send(copy, "x", 1, 0));
  settle();
  say_recv("server", c.server, 0);
  CHECK("fork close", "the last of all ends it");
  pid_t child = CHILD(sleep_ms(80));
  NEED(close(copy));
  settle();
  say_poll("still open", c.server);
  reap("child", child);
  settle();
  say_poll("closed", c.server);
  CHECK("close recvfrom", "of a thread that waits: the call goes on");
  c = connection4(7781);
  fd = c.server;
  struct gate ready = new_gate();
  pthread_t thread;
  pthread_create(&thread, NULL, reader, &ready);
  await(ready);
  sleep_ms(30);
  NEED(close(fd));
  NEED(send(c.client, "hello", 5, MSG_NOSIGNAL));
  pthread_join(thread, NULL);
  settle();
  say_poll("client", c.client);
  CHECK("shutdown recvfrom", "of a thread that waits: the call ends");
  c = connection4(7782);
  fd = c.server;
  pthread_create(&thread, NULL, reader, &ready);
  await(ready);
  sleep_ms(30);
  NEED(shutdown(fd, SHUT_RDWR));
  pthread_join(thread, NULL);
  CHECK("dup2", "in the place of a connection");
  c = connection4(7783);
  int other = NEED(open("/dev/null", O_RDWR));
  NEED(dup2(other, c.server));
  settle();
  say_poll("client", c.client);
  R(recv(c.client, data, 10, 0));
  CHECK("fcntl(F_SETFL O_NONBLOCK)", "is of the socket, not of the descriptor");
  c = connection4(7784);
  copy = NEED(dup(c.server));
  NEED(fcntl(copy, F_SETFL, O_NONBLOCK));
  R(recv(c.server, data, 10, 0));
  int on = 0;
  R(ioctl(c.server, FIONBIO, &on));
  T((fcntl(copy, F_GETFL) & O_NONBLOCK) == 0);
  CHECK("execve", "close on exec");
  T((fcntl(c.server, F_GETFD) & FD_CLOEXEC) == 0);
  int s = NEED(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  T((fcntl(s, F_GETFD) & FD_CLOEXEC) != 0);
  return 0;
}
