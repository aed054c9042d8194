// A receiver's queue that is full: how many fit, who waits, what poll says.
#include "unix.h"

static int fill(int fd) {
  int count = 0;
  while (send(fd, "x", 1, MSG_DONTWAIT) == 1) count++;
  return count;
}
int main(void) {
  char byte;
  int receiver = given_bound(SOCK_DGRAM, "receiver"), sender = given_socket(SOCK_DGRAM);
  NEED(connect_to(sender, "receiver"));
  CHECK("sendto(MSG_DONTWAIT)", "as many as net.unix.max_dgram_qlen and one");
  int limit = atoi(get("/proc/sys/net/unix/max_dgram_qlen"));
  R(limit);
  say("%d, then %s", fill(sender), errno_name(errno));
  CHECK("poll(POLLOUT)", "not while the partner is full");
  say_events("sender", sender);
  R(recv(receiver, &byte, 1, 0));
  say_events("sender", sender);
  R(send(sender, "x", 1, MSG_DONTWAIT));
  say_events("sender", sender);
  CHECK("poll sendto", "who has no partner sees no limit in poll, but in sendto");
  int other = given_socket(SOCK_DGRAM);
  say_events("other", other);
  R(send_to(other, "x", "receiver", MSG_DONTWAIT));
  CHECK("sendto", "a wait that a receive ends");
  struct gate waiting = new_gate();
  pid_t child = CHILD({
    tell(waiting);
    R(send(sender, "late", 4, 0));
  });
  await(waiting);
  sleep_ms(30);
  R(waitpid(child, NULL, WNOHANG));
  NEED(recv(receiver, &byte, 1, 0));
  reap("child", child);
  CHECK("poll", "a wait in poll that a receive ends");
  child = CHILD({
    struct pollfd p = {sender, POLLOUT, 0};
    tell(waiting);
    R(poll(&p, 1, 3000));
    say("%#x", p.revents);
  });
  await(waiting);
  sleep_ms(30);
  R(waitpid(child, NULL, WNOHANG));
  NEED(recv(receiver, &byte, 1, 0));
  NEED(recv(receiver, &byte, 1, 0));
  reap("child", child);
  CHECK("poll", "room that others had taken");
  while (recv(receiver, &byte, 1, MSG_DONTWAIT) >= 0) {
  }
  int filled = 0;
  while (send_to(other, "x", "receiver", MSG_DONTWAIT) == 1) filled++;
  R(filled);
  child = CHILD({
    struct pollfd p = {sender, POLLOUT, 0};
    tell(waiting);
    R(poll(&p, 1, 3000));
    say("%#x", p.revents);
  });
  await(waiting);
  sleep_ms(30);
  NEED(recv(receiver, &byte, 1, 0));
  NEED(recv(receiver, &byte, 1, 0));
  reap("child", child);
  CHECK("sendto close", "a wait that the receiver's end ends");
  fill(sender);
  child = CHILD({
    close(receiver);
    tell(waiting);
    R(send(sender, "x", 1, 0));
  });
  await(waiting);
  sleep_ms(30);
  close(receiver);
  reap("child", child);
  CHECK("sendto(SO_SNDTIMEO)", "waits as long as it may");
  int s[2];
  given_pair(SOCK_DGRAM, s);
  struct timeval soon = {0, 20000};
  NEED(setsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon));
  fill(s[0]);
  R(send(s[0], "x", 1, 0));
  CHECK("sendto", "two that are connected to each other may send more");
  say("more than the limit: %d", ({
        int count = 0;
        while (recv(s[1], &byte, 1, MSG_DONTWAIT) == 1) count++;
        count > limit + 1;
      }));
  CHECK("sendto", "records have no such limit");
  given_pair(SOCK_SEQPACKET, s);
  T(fill(s[0]) > limit + 1);
  return 0;
}
