// How many descriptors a user may have in flight.
#include "unix.h"

int main(void) {
  CHECK("sendmsg(ETOOMANYREFS)", "as many as RLIMIT_NOFILE, for a user without capabilities");
  pid_t child = CHILD({
    NEED(setresgid(1234, 1234, 1234));
    NEED(setresuid(1234, 1234, 1234));
    struct rlimit limit = {40, 40};
    NEED(setrlimit(RLIMIT_NOFILE, &limit));
    int s[2];
    given_pair(SOCK_DGRAM, s);
    int fds[20];
    for (int i = 0; i < 20; i++) fds[i] = 0;
    R(send_fds(s[0], "x", fds, 20, MSG_DONTWAIT));
    R(send_fds(s[0], "x", fds, 20, MSG_DONTWAIT));
    R(send_fds(s[0], "x", fds, 1, MSG_DONTWAIT));
    R(send_fds(s[0], "x", fds, 1, MSG_DONTWAIT));
    R(send_fds(s[0], "x", fds, 20, MSG_DONTWAIT));
    struct got got = receive_with(s[1], 1, 0, 0);
    say_got("thrown away", &got);
    R(send_fds(s[0], "x", fds, 20, MSG_DONTWAIT));
    R(send_fds(s[0], "x", fds, 20, MSG_DONTWAIT));
    close(s[0]);
    close(s[1]);
    given_pair(SOCK_DGRAM, s);
    R(send_fds(s[0], "x", fds, 20, MSG_DONTWAIT));
  });
  reap("child", child);
  CHECK("sendmsg(SCM_RIGHTS)", "capabilities lift the limit");
  child = CHILD({
    struct rlimit limit = {40, 40};
    NEED(setrlimit(RLIMIT_NOFILE, &limit));
    int s[2];
    given_pair(SOCK_DGRAM, s);
    int fds[100];
    for (int i = 0; i < 100; i++) fds[i] = 0;
    R(send_fds(s[0], "x", fds, 100, MSG_DONTWAIT));
    R(send_fds(s[0], "x", fds, 100, MSG_DONTWAIT));
  });
  reap("child", child);
  CHECK("recvmsg(MSG_CTRUNC)", "a receiver without room for descriptors");
  child = CHILD({
    int s[2];
    int fds[8] = {0};
    given_pair(SOCK_DGRAM, s);
    NEED(send_fds(s[0], "x", fds, 8, 0));
    NEED(send_fds(s[0], "y", fds, 8, 0));
    struct rlimit limit = {s[1] + 4, s[1] + 4};
    NEED(setrlimit(RLIMIT_NOFILE, &limit));
    struct got got = receive(s[1], 0);
    say_got("three", &got);
    got = receive(s[1], 0);
    say_got("none", &got);
    say("%zu", got.control_length);
  });
  reap("child", child);
  return 0;
}
