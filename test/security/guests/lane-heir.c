/*
 * lane-heir: a client keeps the memory of its fast lane (addon/guest/lane.h) for a child of its own and ends. The server talks with
 * another client then, whose words the child must not find there.
 */
#include "guest.h"

#include <sys/socket.h>
#include <sys/un.h>

enum { LANE_MEMORY = 1001, ARENA_SIZE = 64 * (4096 + 2 * 32768), LENGTH = 32, TIMES = 500 };

static struct sockaddr_un name = {AF_UNIX, "\0lane-heir"};
static const socklen_t name_length = sizeof(sa_family_t) + 10;
static const char secret[LENGTH] = "what nobody else may hear";

static void talk(const char words[LENGTH]) {
  char back[LENGTH];
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&name, name_length) != 0) _exit(2);
  for (int i = 0; i < TIMES; i++) {
    if (write(fd, words, LENGTH) != LENGTH || read(fd, back, LENGTH) != LENGTH) _exit(3);
  }
  close(fd);
}

static void serve(int listener) {
  char words[LENGTH];
  ssize_t n;
  for (int client = 0; client < 2; client++) {
    int fd = accept(listener, NULL, NULL);
    while ((n = read(fd, words, sizeof words)) > 0)
      if (write(fd, words, (size_t)n) != n) break;
    close(fd);
  }
  _exit(0);
}

/* The client that is gone soon, and its child, which looks when it is told to. */
static void bequeath(int go, int result) {
  static const char words[LENGTH] = "what an ordinary client says";
  talk(words);
  long fd = syscall(LANE_MEMORY, 0);
  char *arena = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, 0);
  if (fd < 0 || arena == MAP_FAILED) {
    dprintf(result, "there is no lane\n");
    _exit(0);
  }
  if (fork() == 0) {
    char c;
    (void)!read(go, &c, 1);
    int found = memmem(arena, ARENA_SIZE, secret, strlen(secret)) != NULL;
    dprintf(result, "%s\n", found ? "overheard" : "not overheard");
  }
  _exit(0);
}

int main(void) {
  int go[2], result[2];
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&name, name_length) != 0 || listen(listener, 5) != 0) return 1;
  if (pipe(go) != 0 || pipe(result) != 0) return 1;
  pid_t server = fork();
  if (server == 0) serve(listener);
  pid_t client = fork();
  if (client == 0) bequeath(go[0], result[1]);
  waitpid(client, NULL, 0);
  client = fork();
  if (client == 0) {
    talk(secret);
    _exit(0);
  }
  waitpid(client, NULL, 0);
  waitpid(server, NULL, 0);
  (void)!write(go[1], "", 1);
  char line[64];
  ssize_t n = read(result[0], line, sizeof line);
  printf("%.*salive\n", (int)n, line);
  return 0;
}
