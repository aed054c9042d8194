// tags: network
// Urgent bytes are taken out of the stream and read with MSG_OOB.
#include "net.h"

int main(void) {
  struct connection c = connection4(7001);
  CHECK("sendto(MSG_OOB) recvfrom(MSG_OOB)", "one byte beside the stream");
  say_recv("nothing yet", c.server, MSG_OOB);
  R(send(c.client, "abc", 3, 0));
  R(send(c.client, "X", 1, MSG_OOB));
  R(send(c.client, "def", 3, 0));
  settle();
  say_recv("peek", c.server, MSG_OOB | MSG_PEEK);
  say_recv("urgent", c.server, MSG_OOB);
  say_recv("again", c.server, MSG_OOB);
  say_recv("to the mark", c.server, 0);
  say_recv("after it", c.server, 0);
  say_recv("nothing", c.server, 0);
  say_recv("gone", c.server, MSG_OOB);
  CHECK("sendto(MSG_OOB)", "only the last byte is urgent");
  R(send(c.client, "12345", 5, MSG_OOB));
  settle();
  say_recv("urgent", c.server, MSG_OOB);
  say_recv("stream", c.server, 0);
  CHECK("recvfrom(MSG_OOB)", "a byte that was read past is gone");
  R(send(c.client, "ab!", 3, MSG_OOB));
  R(send(c.client, "cd", 2, 0));
  settle();
  say_recv("stream", c.server, 0);
  say_recv("stream", c.server, 0);
  say_recv("urgent", c.server, MSG_OOB);
  CHECK("recvmsg(MSG_OOB)", "flags and lengths");
  R(send(c.client, "Y", 1, MSG_OOB));
  settle();
  say_message("message", c.server, MSG_OOB | MSG_PEEK);
  char byte;
  R(recv(c.server, &byte, 0, MSG_OOB | MSG_PEEK));
  R(recv(c.server, &byte, 1, MSG_OOB | MSG_TRUNC | MSG_PEEK));
  CHECK("recvfrom(MSG_OOB)", "does not wait");
  say_recv("take it", c.server, MSG_OOB);
  R(recv(c.server, &byte, 1, MSG_OOB));
  R(recv(c.client, &byte, 1, MSG_OOB));
  CHECK("recvfrom(MSG_OOB)", "without a connection, and for a listener");
  R(recv(tcp4(), &byte, 1, MSG_OOB));
  R(recv(c.listener, &byte, 1, MSG_OOB));
  R(send(tcp4(), "x", 1, MSG_OOB | MSG_NOSIGNAL));
  CHECK("sendto(MSG_OOB)", "after the end of the stream");
  shutdown(c.client, SHUT_WR);
  R(send(c.client, "Z", 1, MSG_OOB | MSG_NOSIGNAL));
  CHECK("recvfrom(MSG_OOB)", "the peer is gone");
  R(send(c.server, "end", 3, MSG_OOB));
  settle();
  close(c.server);
  settle();
  say_recv("urgent", c.client, MSG_OOB);
  say_recv("stream", c.client, 0);
  return 0;
}
