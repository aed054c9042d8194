// /proc/net/unix: one row a socket.
#include "unix.h"

/* The row of the socket behind a descriptor: its flags, type, state and path. */
static void row(const char *label, int fd) {
  struct stat st;
  NEED(fstat(fd, &st));
  char copy[65536];
  strcpy(copy, get("/proc/net/unix"));
  char *save;
  for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
    unsigned long long number;
    unsigned references, protocol, flags, type, state;
    unsigned long inode;
    char path[200] = "";
    if (sscanf(line, "%llx: %x %x %x %x %x %lu %199[^\n]", &number, &references, &protocol, &flags, &type,
               &state, &inode, path) < 7)
      continue;
    if (inode != st.st_ino) continue;
    say("%s: references %u, protocol %u, flags %08x, type %04x, state %02x, path '%s'", label, references,
        protocol, flags, type, state, path);
    return;
  }
  say("%s: no row", label);
}
int main(void) {
  CHECK("read(/proc/net/unix)", "the header");
  say("%.*s|", (int)strcspn(get("/proc/net/unix"), "\n"), get("/proc/net/unix"));
  CHECK("read(/proc/net/unix)", "kinds and states");
  row("stream", given_socket(SOCK_STREAM));
  row("dgram", given_socket(SOCK_DGRAM));
  row("seqpacket", given_socket(SOCK_SEQPACKET));
  int server = given_listener(SOCK_STREAM, "server", 5);
  row("server", server);
  row("bound", given_bound(SOCK_DGRAM, "dgram"));
  int s[2];
  given_pair(SOCK_STREAM, s);
  row("pair", s[0]);
  int client = given_connected(SOCK_STREAM, "server");
  row("client", client);
  row("server with a client", server);
  int accepted = NEED(accept(server, NULL, NULL));
  row("accepted", accepted);
  CHECK("read(/proc/net/unix)", "names");
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0one\0two"};
  int abstract = given_socket(SOCK_DGRAM);
  NEED(bind(abstract, (void *)&name, NAME_START + 8));
  row("abstract", abstract);
  char lines[65536];
  strcpy(lines, get("/proc/net/unix"));
  say("rows with a path: %d, with '@': %d", strstr(lines, " server\n") != NULL,
      strstr(lines, " @one@two\n") != NULL);
  CHECK("read(/proc/net/unix)", "more references");
  int copy = dup(s[0]);
  row("duplicated", s[0]);
  close(copy);
  row("shut", s[1]);
  NEED(shutdown(s[1], SHUT_RDWR));
  row("shut", s[1]);
  CHECK("read(/proc/net/unix)", "gone after close");
  int count = 0;
  for (const char *c = get("/proc/net/unix"); *c; c++) count += *c == '\n';
  close(s[0]), close(s[1]);
  int later = 0;
  for (const char *c = get("/proc/net/unix"); *c; c++) later += *c == '\n';
  say("%d rows less", count - later);
  CHECK("readlink(/proc/self/fd)", "the inode is that of the row");
  char path[64], text[64] = {0}, want[64];
  struct stat st;
  NEED(fstat(server, &st));
  snprintf(path, sizeof path, "/proc/self/fd/%d", server);
  NEED(readlink(path, text, sizeof text - 1));
  snprintf(want, sizeof want, "socket:[%lu]", (unsigned long)st.st_ino);
  T(strcmp(text, want) == 0);
  return 0;
}
