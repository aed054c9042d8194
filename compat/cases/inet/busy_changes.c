// tags: network
// timeout: 20
// What happens to a connection that has been busy with small messages when something about it changes.
#include "net.h"

enum { WARM = 400 };

/* Many small messages there and back, both ends in this process. */
static void warm(const struct connection *c) {
  char byte = 'w';
  for (int i = 0; i < WARM; i++) {
    NEED(write(c->client, &byte, 1));
    NEED(read(c->server, &byte, 1));
    NEED(write(c->server, &byte, 1));
    NEED(read(c->client, &byte, 1));
  }
}

static struct connection busy(int port) {
  struct connection c = connection4(port);
  warm(&c);
  return c;
}

static void *bad(void) {
  char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page + 4096, 4096);
  return page + 4096;
}

static void *reader(void *arg) {
  long *sum = arg;
  unsigned char b;
  while (read((int)sum[0], &b, 1) == 1) sum[1] += b;
  return NULL;
}

int main(void) {
  char buf[64] = "";

  CHECK("write", "from a buffer that is not there");
  struct connection c = busy(7320);
  R(write(c.client, bad(), 10));
  R(write(c.client, (char *)bad() - 5, 5));
  R(read(c.server, buf, sizeof buf));

  CHECK("read", "into a buffer that is not there");
  NEED(write(c.client, "hello", 5));
  R(read(c.server, bad(), 5));
  R(read(c.server, buf, sizeof buf));
  say("%.5s", buf);

  CHECK("recvfrom(MSG_PEEK)", "leaves the bytes");
  NEED(write(c.client, "abcdef", 6));
  R(recv(c.server, buf, 4, MSG_PEEK));
  int pending = 0;
  R(ioctl(c.server, FIONREAD, &pending));
  say("pending %d", pending);
  R(recv(c.server, buf, 3, 0));
  R(recv(c.server, buf, sizeof buf, 0));
  say("%.3s", buf);

  CHECK("writev readv", "in parts");
  c = busy(7330);
  for (int i = 0; i < WARM; i++) {
    char a[3] = "ab", b[4] = "cde", x[2], y[9];
    struct iovec out[2] = {{a, 2}, {b, 3}}, in[2] = {{x, 2}, {y, 9}};
    if (writev(c.client, out, 2) != 5 || readv(c.server, in, 2) != 5 || x[1] != 'b' || y[2] != 'e')
      say("wrong at %d", i);
  }
  struct iovec parts[3] = {{buf, 1}, {bad(), 1}, {buf, 1}};
  R(writev(c.client, parts, 3));
  R(recv(c.server, buf, sizeof buf, MSG_DONTWAIT));
  R(writev(c.client, parts, -1));
  R(readv(c.server, bad(), 2));

  CHECK("fcntl(O_NONBLOCK)", "counts from the next read on");
  NEED(fcntl(c.server, F_SETFL, O_NONBLOCK));
  R(read(c.server, buf, 1));
  NEED(write(c.client, "x", 1));
  R(read(c.server, buf, 1));
  NEED(fcntl(c.server, F_SETFL, 0));

  CHECK("dup close", "another descriptor of the same end");
  c = busy(7321);
  NEED(write(c.client, "12", 2));
  int again = NEED(dup(c.server));
  R(read(again, buf, 1));
  R(close(c.server));
  R(read(again, buf + 1, 1));
  say("%.2s", buf);
  R(write(again, "back", 4));
  R(read(c.client, buf, sizeof buf));
  R(read(c.server, buf, 1));

  CHECK("dup2", "another file under the number");
  c = busy(7322);
  int pipe_fds[2];
  NEED(pipe(pipe_fds));
  NEED(write(c.client, "socket", 6));
  NEED(write(pipe_fds[1], "pipe", 4));
  int kept = NEED(dup(c.server));
  R(dup2(pipe_fds[0], c.server));
  R(read(c.server, buf, sizeof buf));
  say("%.4s", buf);
  R(read(kept, buf, sizeof buf));
  say("%.6s", buf);

  CHECK("fork", "parent and child take turns");
  c = busy(7323);
  NEED(write(c.client, "pc", 2));
  pid_t pid = NEED(fork());
  if (pid == 0) {
    char one;
    if (read(c.server, &one, 1) != 1 || one != 'p') _exit(1);
    if (write(c.server, "child", 5) != 5) _exit(2);
    _exit(0);
  }
  int status;
  NEED(waitpid(pid, &status, 0));
  T(status == 0);
  R(read(c.server, buf, sizeof buf));
  R(read(c.client, buf, sizeof buf));
  say("%.5s", buf);
  warm(&c);

  CHECK("fork execve", "a program that inherits an end");
  if ((pid = NEED(fork())) == 0) {
    dup2(c.server, 0);
    dup2(c.server, 1);
    execl("/bin/cat", "cat", (char *)NULL);
    _exit(1);
  }
  for (int i = 0; i < WARM; i++) {
    NEED(write(c.client, "ping", 4));
    if (recv(c.client, buf, 4, MSG_WAITALL) != 4 || memcmp(buf, "ping", 4) != 0) say("wrong at %d", i);
  }
  R(shutdown(c.client, SHUT_WR));
  NEED(waitpid(pid, &status, 0));
  T(status == 0);

  CHECK("shutdown(SHUT_WR)", "after the last bytes");
  c = busy(7324);
  NEED(write(c.client, "last", 4));
  R(shutdown(c.client, SHUT_WR));
  R(read(c.server, buf, sizeof buf));
  R(read(c.server, buf, sizeof buf));
  R(write(c.server, "still", 5));
  R(read(c.client, buf, sizeof buf));
  signal(SIGPIPE, SIG_IGN);
  R(write(c.client, "x", 1));

  CHECK("close", "with bytes unread resets");
  c = busy(7325);
  NEED(write(c.client, "unread", 6));
  R(close(c.server));
  settle();
  R(read(c.client, buf, sizeof buf));
  R(write(c.client, "x", 1));

  CHECK("sendto(MSG_OOB)", "an urgent byte among busy ones");
  c = busy(7326);
  NEED(write(c.client, "ab", 2));
  R(send(c.client, "!", 1, MSG_OOB));
  NEED(write(c.client, "cd", 2));
  R(read(c.server, buf, sizeof buf));
  R(recv(c.server, buf, 1, MSG_OOB));
  R(read(c.server, buf, sizeof buf));

  CHECK("write", "more than fits between the two");
  c = busy(7327);
  static char block[100000];
  NEED(fcntl(c.client, F_SETFL, O_NONBLOCK));
  long sent = 0, got = 0;
  for (int i = 0; i < 8; i++) {
    ssize_t n = write(c.client, block, sizeof block);
    if (n > 0) sent += n;
  }
  T(sent >= 100000);
  NEED(fcntl(c.server, F_SETFL, O_NONBLOCK));
  ssize_t n;
  while ((n = read(c.server, block, sizeof block)) > 0) got += n;
  T(got == sent);
  NEED(fcntl(c.client, F_SETFL, 0));
  NEED(fcntl(c.server, F_SETFL, 0));
  warm(&c);

  CHECK("sendmsg(SCM_RIGHTS)", "an end that travels");
  c = busy(7328);
  int pair[2];
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  NEED(write(c.client, "seen", 4));
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control = {
      .header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &c.server, sizeof(int));
  struct iovec iov = {.iov_base = buf, .iov_len = 1};
  struct msghdr msg = {
      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  R(sendmsg(pair[0], &msg, 0));
  R(close(c.server));
  msg.msg_controllen = sizeof control;
  R(recvmsg(pair[1], &msg, 0));
  memcpy(&c.server, CMSG_DATA(&control.header), sizeof(int));
  R(read(c.server, buf, sizeof buf));
  say("%.4s", buf);
  warm(&c);

  CHECK("read", "two threads share what comes");
  c = busy(7329);
  long sums[2][2] = {{c.server, 0}, {c.server, 0}};
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, reader, sums[i]);
  long wrote = 0;
  for (int i = 0; i < 4000; i++) {
    unsigned char b = (unsigned char)i;
    NEED(write(c.client, &b, 1));
    wrote += b;
  }
  NEED(shutdown(c.client, SHUT_WR));
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  T(sums[0][1] + sums[1][1] == wrote);
  return 0;
}
