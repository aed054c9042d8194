// tags: network
// sendmsg and recvmsg with vectors.
#include "net.h"

int main(void) {
  char a[10], b[10], d[10];
  static struct iovec many[1025];
  struct connection c = connection4(7860);
  CHECK("sendmsg recvmsg", "parts");
  struct iovec out[4] = {{"ab", 2}, {NULL, 0}, {"cde", 3}, {"f", 1}}, in[3] = {{a, 1}, {b, 2}, {d, 10}};
  struct msghdr m = {.msg_iov = out, .msg_iovlen = 4}, r = {.msg_iov = in, .msg_iovlen = 3};
  R(sendmsg(c.client, &m, 0));
  settle();
  R(recvmsg(c.server, &r, 0));
  say("%.1s %.2s %.3s, flags %#x, name %d, control %zu", a, b, d, r.msg_flags, (int)r.msg_namelen,
      r.msg_controllen);
  CHECK("sendmsg recvmsg", "how many parts");
  for (int i = 0; i < 1025; i++) many[i] = (struct iovec){"x", 1};
  m.msg_iov = many;
  m.msg_iovlen = 1024;
  R(sendmsg(c.client, &m, 0));
  m.msg_iovlen = 1025;
  R(sendmsg(c.client, &m, 0));
  m.msg_iovlen = -1;
  R(sendmsg(c.client, &m, 0));
  m.msg_iovlen = 0;
  R(sendmsg(c.client, &m, 0));
  r.msg_iovlen = 1025;
  R(recvmsg(c.server, &r, 0));
  CHECK("sendmsg", "lengths that are impossible");
  struct iovec bad[2] = {{a, -1}, {b, 1}};
  m.msg_iov = bad;
  m.msg_iovlen = 2;
  R(sendmsg(c.client, &m, 0));
  m.msg_iov = (void *)8;
  R(sendmsg(c.client, &m, 0));
  R(sendmsg(c.client, (void *)8, 0));
  bad[0] = (struct iovec){a, 2};
  bad[1] = (struct iovec){(void *)8, 2};
  m.msg_iov = bad;
  settle();
  while (recv(c.server, a, sizeof a, MSG_DONTWAIT) > 0) continue;
  R(sendmsg(c.client, &m, 0));
  settle();
  R(count_ioctl(c.server, FIONREAD));
  CHECK("sendmsg", "names and their lengths");
  int u = udp4("127.0.0.1", 7861);
  struct sockaddr_in to = at4("127.0.0.1", 7861);
  struct msghdr n = {.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = out, .msg_iovlen = 1};
  R(sendmsg(u, &n, 0));
  n.msg_namelen = 8;
  R(sendmsg(u, &n, 0));
  n.msg_namelen = 1000;
  R(sendmsg(u, &n, 0));
  n.msg_namelen = -1;
  R(sendmsg(u, &n, 0));
  n.msg_name = NULL;
  n.msg_namelen = 16;
  R(sendmsg(u, &n, 0));
  CHECK("readv writev", "the same for sockets");
  R(writev(c.client, out, 4));
  settle();
  while (recv(c.server, a, 0, MSG_DONTWAIT) > 0) continue;
  R(readv(c.server, in, 3) > 0);
  return 0;
}
