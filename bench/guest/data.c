// The bytes of files: one after the other and at places, in memory and on the host.
#include "micro.h"

#include <fcntl.h>
#include <sys/uio.h>

// Longer than any cache of one call, short enough to be written in a moment.
enum { FILE_SIZE = 4 * 1024 * 1024, PARTS = 4 };

static int file_fd = -1;
static size_t position;  // of the file, as it must be

static int set_up_file(const char *directory) {
  file_fd = new_file(directory);
  if (file_fd < 0) return -1;
  for (size_t done = 0; done < FILE_SIZE; done += sizeof buffer) {
    if (write(file_fd, buffer, sizeof buffer) != (ssize_t)sizeof buffer) return -1;
  }
  return lseek(file_fd, 0, SEEK_SET) == 0 ? 0 : -1;
}

static int set_up_memory(void) {
  return set_up_file(memory_directory);
}

static int set_up_host(void) {
  return set_up_file(host_directory);
}

static int set_up_self(void) {
  file_fd = open(self, O_RDONLY | O_CLOEXEC);
  return file_fd < 0 ? -1 : 0;
}

// Once in a file's length: back to its start.
static int advance(size_t size) {
  position += size;
  if (position + size <= FILE_SIZE) return 0;
  position = 0;
  return syscall(SYS_lseek, file_fd, 0, SEEK_SET) == 0 ? 0 : -1;
}

static int read_next(size_t size) {
  return syscall(SYS_read, file_fd, buffer, size) == (long)size ? advance(size) : unexpected();
}

static int write_next(size_t size) {
  return syscall(SYS_write, file_fd, buffer, size) == (long)size ? advance(size) : unexpected();
}

static int op_read_1(void) {
  return read_next(1);
}

static int op_read_4k(void) {
  return read_next(PAGE);
}

static int op_write_1(void) {
  return write_next(1);
}

static int op_write_4k(void) {
  return write_next(PAGE);
}

static int read_at_zero(size_t size) {
  return syscall(SYS_pread64, file_fd, buffer, size, 0) == (long)size ? 0 : unexpected();
}

static int op_pread_1(void) {
  return read_at_zero(1);
}

static int op_pread_4k(void) {
  return read_at_zero(PAGE);
}

static int op_pread_64k(void) {
  return read_at_zero(sizeof buffer);
}

static int op_pwrite_4k(void) {
  return syscall(SYS_pwrite64, file_fd, buffer, PAGE, 0) == PAGE ? 0 : unexpected();
}

static struct iovec *parts(void) {
  static struct iovec vector[PARTS];
  for (int i = 0; i < PARTS; i++) vector[i] = (struct iovec){buffer + i * 2 * PAGE, PAGE / PARTS};
  return vector;
}

static int op_readv(void) {
  return syscall(SYS_readv, file_fd, parts(), PARTS) == PAGE ? advance(PAGE) : unexpected();
}

static int op_writev(void) {
  return syscall(SYS_writev, file_fd, parts(), PARTS) == PAGE ? advance(PAGE) : unexpected();
}

const struct row data_rows[] = {
    {"read-1", set_up_memory, op_read_1, NULL},
    {"read-4k", set_up_memory, op_read_4k, NULL},
    {"write-1", set_up_memory, op_write_1, NULL},
    {"write-4k", set_up_memory, op_write_4k, NULL},
    {"host-read-1", set_up_host, op_read_1, NULL},
    {"host-read-4k", set_up_host, op_read_4k, NULL},
    {"host-write-1", set_up_host, op_write_1, NULL},
    {"host-write-4k", set_up_host, op_write_4k, NULL},
    {"pread-1", set_up_self, op_pread_1, NULL},
    {"pread-4k", set_up_self, op_pread_4k, NULL},
    {"pread-64k", set_up_self, op_pread_64k, NULL},
    {"pwrite-4k", set_up_memory, op_pwrite_4k, NULL},
    {"readv", set_up_memory, op_readv, NULL},
    {"writev", set_up_memory, op_writev, NULL},
    {NULL, NULL, NULL, NULL},
};
