// Signals that usually mean a fault are ordinary ones when they are sent: none is lost on a process that copies bytes all the time.
#include "../case.h"

enum { TIMES = 400, PIECE = 30000 };

static volatile int *seen;
static char bytes[PIECE];

static void handler(int sig UNUSED) {
  ++*seen;
}

/* Sends the signal and waits until the handler has run, again and again. Returns how many were lost. */
static int send_all(pid_t to, int sig) {
  int lost = 0;
  for (int i = 0; i < TIMES; i++) {
    int before = *seen;
    kill(to, sig);
    for (int ms = 0; ms < 2000 && *seen == before; ms++) usleep(ms < 50 ? 50 : 1000);
    if (*seen == before && ++lost == 3) break;
  }
  return lost;
}

static void talk(const int ends[2], int times, size_t length) {
  for (int i = 0; i < times; i++) {
    if (write(ends[0], bytes, length) != (ssize_t)length || read(ends[1], bytes, length) != (ssize_t)length) {
      say("cannot go on: a short count");
      _exit(99);
    }
  }
}

static void sent(int sig) {
  int ends[2], status;
  pid_t self_pid = getpid();
  signal(sig, handler);
  // Made before the connection, so that nobody else has a descriptor of it.
  int ready[2];
  NEED(pipe(ready));
  pid_t child = NEED(fork());
  if (child == 0) {
    char c;
    (void)!read(ready[0], &c, 1);
    _exit(send_all(self_pid, sig));
  }
  NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  talk(ends, 400, 16);
  NEED(write(ready[1], "", 1));
  while (NEED(waitpid(child, &status, WNOHANG)) == 0) talk(ends, 50, PIECE);
  say("lost: %d", WEXITSTATUS(status));
  close(ends[0]);
  close(ends[1]);
}

int main(void) {
  seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK("kill(SIGSEGV) read write", "each sent SIGSEGV is handled");
  sent(SIGSEGV);
  CHECK("kill(SIGBUS) read write", "each sent SIGBUS is handled");
  sent(SIGBUS);
}
