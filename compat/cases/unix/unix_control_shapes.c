// Ancillary data that is not what it should be.
#include "unix.h"

static int s[2];
static void try(const char *label, const void *control, size_t length) {
  struct iovec data = {"x", 1};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = (void *)control, .msg_controllen = length};
  ssize_t r = sendmsg(s[0], &message, MSG_DONTWAIT);
  if (r == -1) {
    say("%s: %s", label, errno_name(errno));
    return;
  }
  struct got got = receive(s[1], MSG_DONTWAIT);
  say("%s: sent, %d descriptors", label, got.fd_count);
  for (int i = 0; i < got.fd_count; i++) close(got.fds[i]);
}
static union {
  char bytes[512];
  struct cmsghdr header;
} c;
static void header(size_t length, int level, int type) {
  memset(&c, 0, sizeof c);
  c.header = (struct cmsghdr){.cmsg_len = length, .cmsg_level = level, .cmsg_type = type};
}
static void shapes(void) {
  header(CMSG_LEN(4), SOL_SOCKET, SCM_RIGHTS);
  for (size_t length = 0; length <= 24; length += 4) {
    char label[32];
    snprintf(label, sizeof label, "buffer of %zu", length);
    try(label, &c, length);
  }
  for (size_t length = 0; length <= 32; length += length == 16 ? 1 : length == 17 ? 3 : 4) {
    char label[32];
    header(length, SOL_SOCKET, SCM_RIGHTS);
    snprintf(label, sizeof label, "header of %zu", length);
    try(label, &c, 24);
  }
  header((size_t)-1, SOL_SOCKET, SCM_RIGHTS);
  try("header of -1", &c, 64);
  header(0x100000014, SOL_SOCKET, SCM_RIGHTS);
  try("header of 4 GiB", &c, 64);
  header(CMSG_LEN(4), SOL_SOCKET, 77);
  try("unknown type", &c, 24);
  header(CMSG_LEN(4), SOL_SOCKET, 0);
  try("type 0", &c, 24);
  header(CMSG_LEN(4), 77, SCM_RIGHTS);
  try("unknown level", &c, 24);
  header(CMSG_LEN(4), 0, SCM_RIGHTS);
  try("level 0", &c, 24);
  header(CMSG_LEN(4), SOL_SOCKET, SCM_CREDENTIALS);
  try("short credentials", &c, 24);
  header(CMSG_LEN(16), SOL_SOCKET, SCM_CREDENTIALS);
  try("long credentials", &c, 32);
  header(CMSG_LEN(4), SOL_SOCKET, SCM_PIDFD);
  try("a pidfd", &c, 24);
  header(CMSG_LEN(4), SOL_SOCKET, SCM_RIGHTS);
  memset(c.bytes + 24, 0, 16);
  try("an empty header behind", &c, 40);
  c.bytes[24] = 16;
  try("a header of level 0 behind", &c, 40);
  try("rubbish of seven bytes behind", &c, 31);
  try("rubbish of fifteen bytes behind", &c, 39);
}
int main(void) {
  CHECK("sendmsg", "a stream");
  given_pair(SOCK_STREAM, s);
  shapes();
  CHECK("sendmsg", "datagrams");
  given_pair(SOCK_DGRAM, s);
  shapes();
  CHECK("sendmsg", "control buffers that are not there, or too long");
  try("NULL", NULL, 24);
  try("bad pointer", (void *)8, 24);
  try("bad pointer, no length", (void *)8, 0);
  try("200 MiB", &c, 200 << 20);
  try("negative", &c, (size_t)-1);
  try("32 bits of it", &c, 0x100000018);
  CHECK("recvmsg", "room for control data that is not there, or too long");
  NEED(send_fd(s[0], "x", 0));
  char byte;
  struct iovec place = {&byte, 1};
  struct msghdr message = {.msg_iov = &place, .msg_iovlen = 1, .msg_control = NULL, .msg_controllen = 100};
  R(recvmsg(s[1], &message, MSG_DONTWAIT));
  say("%#x %zu", message.msg_flags, message.msg_controllen);
  NEED(send_fd(s[0], "x", 0));
  message = (struct msghdr){
      .msg_iov = &place, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = (size_t)1 << 40};
  R(recvmsg(s[1], &message, MSG_DONTWAIT));
  say("%#x %zu", message.msg_flags, message.msg_controllen);
  return 0;
}
