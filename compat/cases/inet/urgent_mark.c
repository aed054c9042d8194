// tags: network
// Where the urgent byte stands: SIOCATMARK, FIONREAD, and reads that end there.
#include "net.h"

static void look(int fd) {
  say("at the mark %d, readable %d", count_ioctl(fd, SIOCATMARK), count_ioctl(fd, FIONREAD));
}

int main(void) {
  struct connection c = connection4(7003);
  CHECK("ioctl(SIOCATMARK|FIONREAD)", "before, at and after the mark");
  look(c.server);
  R(send(c.client, "abcd", 4, 0));
  R(send(c.client, "X", 1, MSG_OOB));
  R(send(c.client, "efgh", 4, 0));
  settle();
  look(c.server);
  char data[100];
  R(recv(c.server, data, 2, 0));
  look(c.server);
  R(recv(c.server, data, 100, 0));
  look(c.server);
  R(recv(c.server, data, 1, 0));
  look(c.server);
  R(recv(c.server, data, 100, 0));
  look(c.server);
  CHECK("recvfrom(MSG_WAITALL|MSG_PEEK)", "end at the mark too");
  R(send(c.client, "abcd", 4, 0));
  R(send(c.client, "X", 1, MSG_OOB));
  R(send(c.client, "efgh", 4, 0));
  settle();
  say_recv("peek", c.server, MSG_PEEK);
  R(recv(c.server, data, 8, MSG_WAITALL));
  look(c.server);
  say_recv("peek", c.server, MSG_PEEK);
  R(recv(c.server, data, 4, MSG_WAITALL));
  CHECK("sendto(MSG_OOB)", "a second mark, the first not reached");
  R(send(c.client, "ab1", 3, MSG_OOB));
  R(send(c.client, "cd2", 3, MSG_OOB));
  settle();
  look(c.server);
  say_recv("urgent", c.server, MSG_OOB);
  say_recv("stream", c.server, 0);
  say_recv("stream", c.server, 0);
  CHECK("sendto(MSG_OOB)", "a second mark, standing at the first");
  R(send(c.client, "ab1", 3, MSG_OOB));
  settle();
  R(recv(c.server, data, 2, 0));
  look(c.server);
  R(send(c.client, "cd2", 3, MSG_OOB));
  settle();
  look(c.server);
  say_recv("urgent", c.server, MSG_OOB);
  say_recv("stream", c.server, 0);
  say_recv("stream", c.server, 0);
  CHECK("read", "the mark at the end, and a byte that never leaves");
  R(send(c.client, "zz!", 3, MSG_OOB));
  settle();
  R(read(c.server, data, 100));
  look(c.server);
  say_recv("stream", c.server, 0);
  look(c.server);
  R(send(c.client, "more", 4, 0));
  settle();
  look(c.server);
  say_recv("stream", c.server, 0);
  look(c.server);
  CHECK("ioctl(SIOCATMARK)", "of other sockets");
  R(count_ioctl(c.listener, SIOCATMARK));
  R(count_ioctl(tcp4(), SIOCATMARK));
  R(count_ioctl(udp4("127.0.0.1", 7003), SIOCATMARK));
  return 0;
}
