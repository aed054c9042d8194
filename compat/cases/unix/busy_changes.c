// timeout: 20
// What happens to a pair of stream sockets that has been busy with small messages when something about it changes.
#include "../case.h"

enum { WARM = 400 };

static void warm(const int ends[2]) {
  char byte = 'w';
  for (int i = 0; i < WARM; i++) {
    NEED(write(ends[0], &byte, 1));
    NEED(read(ends[1], &byte, 1));
    NEED(write(ends[1], &byte, 1));
    NEED(read(ends[0], &byte, 1));
  }
}

static void busy(int ends[2]) {
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  warm(ends);
}

static void *bad(void) {
  char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(page + 4096, 4096);
  return page + 4096;
}

int main(void) {
  int ends[2], status, pending = 0;
  char buf[64] = "";
  signal(SIGPIPE, SIG_IGN);

  CHECK("write", "from a buffer that is not there");
  busy(ends);
  R(write(ends[0], bad(), 10));
  NEED(write(ends[0], "ok", 2));
  R(read(ends[1], buf, sizeof buf));

  CHECK("read", "into a buffer that is not there");
  NEED(write(ends[0], "hello", 5));
  R(read(ends[1], bad(), 5));
  R(read(ends[1], buf, sizeof buf));
  say("%.5s", buf);

  CHECK("recvfrom(MSG_PEEK|MSG_WAITALL)", "looks and waits");
  NEED(write(ends[0], "abcdef", 6));
  R(recv(ends[1], buf, 4, MSG_PEEK));
  R(ioctl(ends[1], FIONREAD, &pending));
  say("pending %d", pending);
  R(recv(ends[1], buf, 6, MSG_WAITALL));
  say("%.6s", buf);
  warm(ends);

  CHECK("writev readv", "in parts");
  busy(ends);
  for (int i = 0; i < WARM; i++) {
    char a[3] = "ab", b[4] = "cde", x[2], y[9];
    struct iovec out[2] = {{a, 2}, {b, 3}}, in[2] = {{x, 2}, {y, 9}};
    if (writev(ends[0], out, 2) != 5 || readv(ends[1], in, 2) != 5 || x[1] != 'b' || y[2] != 'e')
      say("wrong at %d", i);
  }
  struct iovec parts[3] = {{buf, 1}, {bad(), 1}, {buf, 1}};
  R(writev(ends[0], parts, 3));
  R(recv(ends[1], buf, sizeof buf, MSG_DONTWAIT));
  R(writev(ends[0], parts, -1));
  R(readv(ends[1], bad(), 2));

  CHECK("fcntl(O_NONBLOCK)", "counts from the next read on");
  NEED(fcntl(ends[1], F_SETFL, O_NONBLOCK));
  R(read(ends[1], buf, 1));
  R(send(ends[0], "x", 1, MSG_DONTWAIT));
  R(recv(ends[1], buf, 1, MSG_DONTWAIT));
  R(recv(ends[1], buf, 1, MSG_DONTWAIT));
  NEED(fcntl(ends[1], F_SETFL, 0));
  warm(ends);

  CHECK("sendmsg(SCM_RIGHTS) recvmsg", "a descriptor between the bytes");
  int pipe_fds[2];
  NEED(pipe(pipe_fds));
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control = {
      .header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
  memcpy(CMSG_DATA(&control.header), &pipe_fds[0], sizeof(int));
  struct iovec iov = {.iov_base = buf, .iov_len = 1};
  struct msghdr msg = {
      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  NEED(write(ends[0], "12", 2));
  R(sendmsg(ends[0], &msg, 0));
  NEED(write(ends[0], "3", 1));
  iov.iov_len = sizeof buf;
  for (int i = 0; i < 3; i++) {
    msg.msg_controllen = sizeof control;
    long n = recvmsg(ends[1], &msg, MSG_DONTWAIT);
    say("%ld bytes, %s", n, n > 0 && msg.msg_controllen > 0 ? "and a descriptor" : "nothing else");
  }
  warm(ends);

  CHECK("setsockopt(SO_PASSCRED) recvmsg", "who sent the bytes");
  NEED(write(ends[0], "early", 5));
  R(setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &(int){1}, sizeof(int)));
  NEED(write(ends[0], "late", 4));
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(struct ucred))];
  } creds;
  for (int i = 0; i < 2; i++) {
    msg = (struct msghdr){
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &creds, .msg_controllen = sizeof creds};
    long n = recvmsg(ends[1], &msg, MSG_DONTWAIT);
    struct ucred cred = {0};
    if (n > 0 && msg.msg_controllen > 0) memcpy(&cred, CMSG_DATA(&creds.header), sizeof cred);
    say("%ld bytes from %s", n, cred.pid == getpid() ? "this process" : cred.pid == 0 ? "nobody" : "another");
  }

  CHECK("dup2", "another file under the number");
  busy(ends);
  NEED(write(ends[0], "socket", 6));
  NEED(write(pipe_fds[1], "pipe", 4));
  int kept = NEED(dup(ends[1]));
  R(dup2(pipe_fds[0], ends[1]));
  R(read(ends[1], buf, sizeof buf));
  say("%.4s", buf);
  R(read(kept, buf, sizeof buf));
  say("%.6s", buf);

  CHECK("fork", "parent and child take turns");
  busy(ends);
  NEED(write(ends[0], "pc", 2));
  pid_t pid = NEED(fork());
  if (pid == 0) {
    char one;
    if (read(ends[1], &one, 1) != 1 || one != 'p') _exit(1);
    if (write(ends[1], "child", 5) != 5) _exit(2);
    _exit(0);
  }
  NEED(waitpid(pid, &status, 0));
  T(status == 0);
  R(read(ends[1], buf, sizeof buf));
  R(read(ends[0], buf, sizeof buf));
  say("%.5s", buf);

  CHECK("poll", "what each end has to say");
  busy(ends);
  NEED(write(ends[0], "x", 1));
  struct pollfd p[2] = {{.fd = ends[0], .events = POLLIN | POLLOUT},
                        {.fd = ends[1], .events = POLLIN | POLLOUT}};
  R(poll(p, 2, 0));
  say("%x %x", (unsigned)p[0].revents, (unsigned)p[1].revents);

  CHECK("shutdown(SHUT_WR)", "after the last bytes");
  R(shutdown(ends[0], SHUT_WR));
  R(read(ends[1], buf, sizeof buf));
  R(read(ends[1], buf, sizeof buf));
  R(write(ends[1], "still", 5));
  R(read(ends[0], buf, sizeof buf));
  R(write(ends[0], "x", 1));

  CHECK("close", "with bytes unread resets");
  busy(ends);
  NEED(write(ends[0], "unread", 6));
  R(close(ends[1]));
  R(read(ends[0], buf, sizeof buf));
  R(read(ends[0], buf, sizeof buf));
  R(write(ends[0], "x", 1));

  CHECK("write", "until it is full");
  busy(ends);
  static char block[5000];
  NEED(fcntl(ends[0], F_SETFL, O_NONBLOCK));
  long sent = 0, got = 0, n;
  while ((n = write(ends[0], block, sizeof block)) > 0) sent += n;
  say("%s", errno_name(errno));
  T(sent > 100000);
  NEED(fcntl(ends[1], F_SETFL, O_NONBLOCK));
  while ((n = read(ends[1], block, sizeof block)) > 0) got += n;
  T(got == sent);
  return 0;
}
