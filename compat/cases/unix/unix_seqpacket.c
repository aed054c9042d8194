// Records: boundaries, flags, empty ones, addresses.
#include "unix.h"

int main(void) {
  char text[32];
  int server = given_listener(SOCK_SEQPACKET, "server", 5),
      client = given_connected(SOCK_SEQPACKET, "server"), s = NEED(accept(server, NULL, NULL));
  CHECK("sendmsg(MSG_EOR) recvmsg", "each record by itself");
  R(send(client, "first", 5, MSG_EOR));
  R(send(client, "second", 6, 0));
  struct got got = receive(s, 0);
  say_got("first", &got);
  got = receive(s, 0);
  say_got("second", &got);
  CHECK("recvmsg(MSG_TRUNC)", "a record that does not fit");
  R(send(client, "too long", 8, 0));
  got = receive_with(s, 3, 0, 0);
  say_got("cut", &got);
  R(recv(s, text, 1, MSG_DONTWAIT));
  CHECK("writev readv", "vectors make one record");
  struct iovec parts[] = {{"ab", 2}, {"", 0}, {"cde", 3}};
  R(writev(client, parts, 3));
  struct iovec places[] = {{text, 1}, {text + 8, 8}};
  R(readv(s, places, 2));
  say("%.1s %.4s", text, text + 8);
  CHECK("write read", "empty records are records");
  R(write(client, "", 0));
  R(send(client, "", 0, 0));
  R(write(client, "x", 1));
  R(recv(s, text, 8, MSG_DONTWAIT));
  R(recv(s, text, 8, MSG_DONTWAIT));
  R(recv(s, text, 8, MSG_DONTWAIT));
  CHECK("sendto", "an address is not looked at");
  R(send_to(client, "x", "nowhere", 0));
  R(recv(s, text, 8, MSG_DONTWAIT));
  CHECK("recvfrom(MSG_WAITALL)", "one record, however short");
  NEED(send(client, "abc", 3, 0));
  R(recv(s, text, 8, MSG_WAITALL));
  CHECK("recvfrom(MSG_OOB) sendto(MSG_OOB)", "no urgent data");
  R(send(client, "x", 1, MSG_OOB));
  R(recv(s, text, 1, MSG_OOB));
  CHECK("shutdown recvfrom", "the end, after the records");
  NEED(send(client, "last", 4, 0));
  NEED(shutdown(client, SHUT_WR));
  R(recv(s, text, 8, 0));
  R(recv(s, text, 8, 0));
  R(send(s, "back", 4, 0));
  R(recv(client, text, 8, 0));
  CHECK("sendto recvfrom", "not connected");
  int lone = given_socket(SOCK_SEQPACKET);
  R(send(lone, "x", 1, MSG_NOSIGNAL));
  R(send_to(lone, "x", "server", MSG_NOSIGNAL));
  R(recv(lone, text, 1, MSG_DONTWAIT));
  CHECK("ioctl(FIONREAD)", "bytes of all records");
  NEED(connect_to(lone, "server"));
  int t = NEED(accept(server, NULL, NULL)), n;
  NEED(send(lone, "12345", 5, 0));
  NEED(send(lone, "678", 3, 0));
  NEED(ioctl(t, FIONREAD, &n));
  R(n);
  return 0;
}
