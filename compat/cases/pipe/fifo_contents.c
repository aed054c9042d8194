// covers: read write
// What is in a FIFO lives as long as some end of it is open.
#include "case.h"

int main(void) {
  char text[32];
  NEED(mkfifo("f", 0600));
  CHECK("write", "stays for readers to come, as long as one end is open");
  int reader = NEED(open("f", O_RDONLY | O_NONBLOCK)), writer = NEED(open("f", O_WRONLY));
  NEED(write(writer, "first", 5));
  close(writer);
  int other = NEED(open("f", O_RDONLY | O_NONBLOCK));
  close(reader);
  R(read(other, text, 3));
  R(read(other, text, 32));
  R(read(other, text, 32));
  CHECK("close", "with the last end what is inside is lost");
  writer = NEED(open("f", O_WRONLY));
  NEED(write(writer, "lost", 4));
  close(writer);
  close(other);
  reader = NEED(open("f", O_RDONLY | O_NONBLOCK));
  R(read(reader, text, 32));
  CHECK("write", "while only a writer is open it fills up");
  int both = NEED(open("f", O_RDWR | O_NONBLOCK));
  close(reader);
  NEED(write(both, "kept", 4));
  writer = NEED(open("f", O_WRONLY | O_NONBLOCK));
  close(both);
  signal(SIGPIPE, SIG_IGN);
  R(write(writer, "x", 1));
  reader = NEED(open("f", O_RDONLY | O_NONBLOCK));
  R(read(reader, text, 32));
  R(read(reader, text, 32));
  CHECK("link rename", "another name is the same FIFO");
  NEED(given_link("f", "g"));
  NEED(rename("f", "h"));
  int by_name = NEED(open("g", O_WRONLY | O_NONBLOCK));
  NEED(write(by_name, "linked", 6));
  R(read(reader, text, 32));
  other = NEED(open("h", O_WRONLY | O_NONBLOCK));
  NEED(write(other, "renamed", 7));
  R(read(reader, text, 32));
  CHECK("unlink", "without a name it goes on");
  NEED(unlink("g"));
  NEED(unlink("h"));
  R(write(by_name, "nameless", 8));
  R(read(reader, text, 32));
  snprintf(text, sizeof text, "/proc/self/fd/%d", reader);
  int again = OK(open(text, O_WRONLY | O_NONBLOCK));
  R(write(again, "proc", 4));
  R(read(reader, text, 32));
  CHECK("fcntl(F_SETPIPE_SZ)", "the size is forgotten with the last end");
  NEED(mkfifo("s", 0600));
  both = NEED(open("s", O_RDWR));
  R(fcntl(both, F_SETPIPE_SZ, 8192));
  other = NEED(open("s", O_RDWR));
  R(fcntl(other, F_GETPIPE_SZ));
  close(both);
  close(other);
  both = NEED(open("s", O_RDWR));
  R(fcntl(both, F_GETPIPE_SZ));
  return 0;
}
