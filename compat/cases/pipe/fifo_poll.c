// covers: poll
// Hang-ups of FIFOs: a reader that came before any writer has not been left by one.
#include "case.h"

static void state(const char *label, int fd) {
  struct pollfd f = {fd, POLLIN | POLLOUT | POLLRDHUP, 0};
  NEED(poll(&f, 1, 0));
  say("%s: %#x", label, f.revents);
}

int main(void) {
  char text[8];
  NEED(mkfifo("f", 0600));
  CHECK("poll", "a reader without writers");
  int reader = NEED(open("f", O_RDONLY | O_NONBLOCK));
  state("before the first", reader);
  R(read(reader, text, 1));
  int writer = NEED(open("f", O_WRONLY));
  state("with a writer", reader);
  close(writer);
  state("after it", reader);
  R(read(reader, text, 1));
  CHECK("poll", "a second reader came after that writer");
  int second = NEED(open("f", O_RDONLY | O_NONBLOCK));
  state("first reader", reader);
  state("second reader", second);
  writer = NEED(open("f", O_WRONLY));
  state("first reader, new writer", reader);
  NEED(write(writer, "x", 1));
  close(writer);
  state("first reader, data and no writer", reader);
  state("second reader, data and no writer", second);
  NEED(read(reader, text, 1));
  state("second reader, data gone", second);
  CHECK("poll", "a writer without readers");
  writer = NEED(open("f", O_WRONLY));
  state("writer", writer);
  close(reader);
  state("one reader left", writer);
  close(second);
  state("none left", writer);
  reader = NEED(open("f", O_RDONLY | O_NONBLOCK));
  state("a new one", writer);
  CHECK("poll", "both ends in one");
  close(reader);
  close(writer);
  int both = NEED(open("f", O_RDWR));
  state("empty", both);
  NEED(write(both, "x", 1));
  state("one byte", both);
  close(NEED(open("f", O_WRONLY)));
  close(NEED(open("f", O_RDONLY)));
  state("others came and went", both);
  return 0;
}
