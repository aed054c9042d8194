/*
 * What can be done to local sockets: buffers that nobody reads, descriptors that travel in circles and in chains, and ancillary
 * data without sense. Says what it saw, and "alive" at the end. Arguments: what, and for how many seconds.
 */
#include "guest.h"

#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>

static long long until;
static uint64_t state = 88172645463325252ULL;
static uint32_t any(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)(state >> 16) % limit;
}
static ssize_t pass(int s, const int *fds, int count) {
  char control[CMSG_SPACE(253 * sizeof(int))] = {0}, byte = 'x';
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control};
  struct cmsghdr *c = (void *)control;
  *c = (struct cmsghdr){
      .cmsg_len = CMSG_LEN(count * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
  memcpy(CMSG_DATA(c), fds, count * sizeof(int));
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  return sendmsg(s, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Fills the buffers of as many sockets as there may be, and reads none. */
static void unread(void) {
  static char bytes[1 << 20];
  int s[2], pairs = 0, why = 0;
  long long total = 0;
  while (pairs < 20000) {
    if (socketpair(AF_UNIX, pairs % 2 ? SOCK_STREAM : SOCK_SEQPACKET, 0, s)) {
      why = errno;
      break;
    }
    pairs++;
    ssize_t n;
    while ((n = send(s[0], bytes, 100000, MSG_DONTWAIT)) > 0) total += n;
    if (errno != EAGAIN) {
      why = errno;
      break;
    }
  }
  printf("more than a hundred pairs: %d, ended by %s\n", pairs > 100, strerrorname_np(why));
  printf("more than a gigabyte: %d\n", total > 1LL << 30);
}

/* Pairs that hold each other, as fast as it goes. */
static void islands(void) {
  int s[2];
  long made = 0, refused = 0;
  while (milliseconds() < until) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, s)) break;
    if (pass(s[0], s, 2) < 0) refused++;
    if (pass(s[1], s, 2) < 0) refused++;
    close(s[0]);
    close(s[1]);
    made++;
  }
  printf("made: %d\n", made > 100);
  /* Some time later all are gone. */
  int rows = 0;
  for (int tries = 0; tries < 100; tries++) {
    FILE *table = fopen("/proc/net/unix", "r");
    char line[512];
    rows = -1;
    while (fgets(line, sizeof line, table)) rows++;
    fclose(table);
    if (rows == 0) break;
    usleep(50000);
  }
  printf("left: %d\n", rows);
}

/* Each pair in the queue of the next: closing the last one closes all. */
static void chain(void) {
  int s[2], held[2];
  long length = 0;
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, held)) return;
  while (length < 30000) {
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, s) || pass(s[0], held, 2) < 0) break;
    close(held[0]);
    close(held[1]);
    memcpy(held, s, sizeof s);
    length++;
  }
  printf("long: %d\n", length > 1000);
  long long start = milliseconds();
  close(held[0]);
  close(held[1]);
  int pipes[2];
  printf("the end: %d, soon: %d\n", pipe(pipes), milliseconds() - start < 3000);
}

/* Sends and receives whatever comes to mind. */
static int some[16];
static void fuzz_sockets(void) {
  static const int kinds[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  for (int i = 0; i < 16; i += 2) {
    socketpair(AF_UNIX, kinds[any(3)] | SOCK_NONBLOCK, 0, some + i);
    int on = 1;
    static const int wanted[] = {SO_PASSCRED, 76 /* SO_PASSPIDFD */, SO_OOBINLINE,
                                 SO_PEEK_OFF, 84 /* SO_INQ */,       SO_TIMESTAMP};
    for (int j = 0; j < 6; j++)
      if (any(2)) setsockopt(some[i + any(2)], SOL_SOCKET, wanted[j], &on, sizeof on);
  }
}
static size_t strange(size_t usual) {
  static const size_t lengths[] = {0,     1,        7,    8,      15,     16,         17,           20,
                                   24,    32,       4096, 131072, 131073, 0x7fffffff, 0x80000000UL, -1UL,
                                   -16UL, 1UL << 40};
  return any(3) ? usual : lengths[any(sizeof lengths / sizeof *lengths)];
}
static void *place(void *usual) {
  static void *const places[] = {NULL, (void *)8, (void *)-4096, (void *)0xffff800000000000UL};
  return any(16) ? usual : places[any(4)];
}
static size_t fuzz_control(char *control, size_t room) {
  size_t at = 0;
  for (int items = (int)any(5); items > 0 && at + 64 < room; items--) {
    struct cmsghdr *c = (void *)(control + at);
    size_t data = any(4) ? 4 * any(8) : any(40);
    static const int types[] = {SCM_RIGHTS, SCM_CREDENTIALS, 3, 4, 29, 84, 0, -1};
    c->cmsg_len = strange(CMSG_LEN(data));
    c->cmsg_level = any(8) ? SOL_SOCKET : (int)any(300) - 20;
    c->cmsg_type = types[any(2) ? 0 : any(8)];
    int *values = (int *)CMSG_DATA(c);
    for (size_t i = 0; i * 4 < data; i++) values[i] = any(8) ? some[any(16)] : (int)any(0xffffffff);
    if (c->cmsg_type == SCM_CREDENTIALS && any(2)) {
      values[0] = getpid();
      values[1] = values[2] = 0;
    }
    at += any(8) ? CMSG_SPACE(data) : any(64);
  }
  return any(4) ? at : strange(at);
}
static void fuzz_once(void) {
  static char bytes[70000], control[4096];
  struct iovec parts[8];
  for (int i = 0; i < 8; i++)
    parts[i] = (struct iovec){place(bytes + any(1000)), any(6) ? any(3000) : strange(any(60000))};
  struct sockaddr_un name = {.sun_family = any(8) ? AF_UNIX : any(300)};
  snprintf(name.sun_path, sizeof name.sun_path, any(2) ? "/proc/%d" : "%c%d", any(200), any(9));
  struct msghdr message = {place(&name),
                           any(4) ? 0 : (socklen_t)strange(any(110)),
                           place(parts),
                           any(50) ? any(9) : strange(3),
                           place(control),
                           0,
                           0};
  int s = some[any(16)];
  if (any(2)) {
    message.msg_controllen = fuzz_control(control, sizeof control);
    sendmsg(s, &message, MSG_DONTWAIT | MSG_NOSIGNAL | (any(4) ? 0 : (int)any(0xffffffff)));
  } else {
    message.msg_controllen = strange(any(sizeof control));
    recvmsg(s, &message, MSG_DONTWAIT | (any(3) ? 0 : (int)any(0xffffffff)));
  }
  if (any(20) == 0) {
    socklen_t length = (socklen_t)strange(any(64));
    if (any(2))
      getsockopt(s, any(9) ? SOL_SOCKET : (int)any(300), (int)any(100), place(bytes), &length);
    else
      setsockopt(s, SOL_SOCKET, (int)any(100), place(bytes), length);
  }
  if (any(200) == 0) shutdown(s, (int)any(4));
  if (any(300) == 0) bind(s, (void *)&name, (socklen_t)any(111));
  if (any(300) == 0) connect(s, (void *)&name, (socklen_t)any(111));
  if (any(300) == 0) listen(s, (int)any(3));
  if (any(100) == 0) close(some[any(16)]);
}
static void fuzz(void) {
  int first = dup(0);
  close(first);
  long rounds = 0;
  fuzz_sockets();
  while (milliseconds() < until) {
    for (int i = 0; i < 500; i++) fuzz_once();
    close_range(first, ~0U, 0);
    fuzz_sockets();
    rounds++;
  }
  close_range(first, ~0U, 0);
  printf("rounds: %d\n", rounds > 3);
}

/* Another process makes calls all the time: the longest that one took, in milliseconds. */
static int *longest;
static void witness(void) {
  while (1) {
    long long start = milliseconds();
    int s[2];
    char byte;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, s)) _exit(1);
    if (write(s[0], "x", 1) != 1 || read(s[1], &byte, 1) != 1) _exit(2);
    close(s[0]);
    close(s[1]);
    int took = (int)(milliseconds() - start);
    if (took > *longest) *longest = took;
    usleep(1000);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  setvbuf(stdout, NULL, _IONBF, 0);
  struct rlimit files = {50000, 50000};
  setrlimit(RLIMIT_NOFILE, &files);
  longest = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t other = fork();
  if (other == 0) witness();
  until = milliseconds() + atoi(argv[2]) * 1000;
  /* The work is done by a child: whatever it leaves behind ends with it. */
  int status;
  pid_t child = fork();
  if (child == 0) {
    if (!strcmp(argv[1], "unread")) unread();
    if (!strcmp(argv[1], "islands")) islands();
    if (!strcmp(argv[1], "chain")) chain();
    if (!strcmp(argv[1], "fuzz")) fuzz();
    _exit(0);
  }
  waitpid(child, &status, 0);
  if (status) printf("status %#x\n", status);
  int ended = waitpid(other, &status, WNOHANG);
  kill(other, SIGKILL);
  printf("other guests unharmed: %d, the longest wait %d ms\n", ended == 0, *longest);
  printf("alive\n");
  return 0;
}
