// A descriptor that is closed, or replaced, while another thread waits on its socket.
#include "unix.h"

static int s[2], listener;
static void *reader(void *unused UNUSED) {
  char text[8];
  ssize_t n = read(s[1], text, 8);
  say("read: %zd", n);
  return NULL;
}
static void *acceptor(void *unused UNUSED) {
  int fd = accept(listener, NULL, NULL);
  say("accept: %d", fd >= 0);
  return NULL;
}
static void *connector(void *unused UNUSED) {
  int fd = given_socket(SOCK_STREAM);
  int r = connect_to(fd, "full");
  say("connect: %s", r == 0 ? "ok" : errno_name(errno));
  return NULL;
}
int main(void) {
  pthread_t thread;
  CHECK("read close", "the read goes on, and gets what comes");
  given_pair(SOCK_STREAM, s);
  NEED(pthread_create(&thread, NULL, reader, NULL));
  sleep_ms(100);
  NEED(close(s[1]));
  NEED(write(s[0], "still", 5));
  pthread_join(thread, NULL);
  errno = 0;
  ssize_t r = send(s[0], "x", 1, MSG_NOSIGNAL);
  for (int i = 0; i < 100 && r == 1; i++) {
    sleep_ms(1);
    r = send(s[0], "x", 1, MSG_NOSIGNAL);
  }
  say("afterwards: %s", errno_name(errno));
  CHECK("read dup2", "the number means another file meanwhile");
  given_pair(SOCK_STREAM, s);
  NEED(pthread_create(&thread, NULL, reader, NULL));
  sleep_ms(100);
  NEED(dup2(0, s[1]));
  NEED(write(s[0], "old", 3));
  pthread_join(thread, NULL);
  CHECK("read close", "the last writer closes");
  given_pair(SOCK_STREAM, s);
  NEED(pthread_create(&thread, NULL, reader, NULL));
  sleep_ms(100);
  NEED(close(s[0]));
  pthread_join(thread, NULL);
  CHECK("accept close", "the listener's descriptor is closed, the wait is not");
  listener = given_listener(SOCK_STREAM, "server", 5);
  NEED(pthread_create(&thread, NULL, acceptor, NULL));
  sleep_ms(100);
  NEED(close(listener));
  NEED(connect_to(given_socket(SOCK_STREAM), "server"));
  pthread_join(thread, NULL);
  CHECK("connect close", "the listener is closed while a connection waits for room");
  int full = given_listener(SOCK_STREAM, "full", 0);
  NEED(given_connected(SOCK_STREAM, "full"));
  NEED(pthread_create(&thread, NULL, connector, NULL));
  sleep_ms(100);
  NEED(close(full));
  pthread_join(thread, NULL);
  return 0;
}
