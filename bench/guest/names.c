// Names of files and directories: looking them up, listing, making and removing them.
#include "micro.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#define HIT_PATH "/etc/passwd"
#define MISS_PATH "/etc/missing-on-purpose"

enum { ENTRIES = 10 };

static char directory[MAX_NAME];  // made by set_up_directory
static char first[MAX_NAME + 16], second[MAX_NAME + 16], linked[MAX_NAME + 16];

// ---- looking up ----

static int op_stat_hit(void) {
  struct stat st;
  if (syscall(SYS_newfstatat, AT_FDCWD, HIT_PATH, &st, 0) != 0) return -1;
  return S_ISREG(st.st_mode) ? 0 : unexpected();
}

static int op_stat_miss(void) {
  struct stat st;
  if (syscall(SYS_newfstatat, AT_FDCWD, MISS_PATH, &st, 0) == 0) return unexpected();
  return errno == ENOENT ? 0 : -1;
}

static int op_statx(void) {
  struct statx stx;
  if (syscall(SYS_statx, AT_FDCWD, HIT_PATH, 0, STATX_BASIC_STATS, &stx) != 0) return -1;
  return S_ISREG(stx.stx_mode) ? 0 : unexpected();
}

static int op_access(void) {
  return (int)syscall(SYS_access, HIT_PATH, R_OK);
}

static int op_open_close(void) {
  long fd = syscall(SYS_openat, AT_FDCWD, HIT_PATH, O_RDONLY | O_CLOEXEC, 0);
  return fd >= 0 && syscall(SYS_close, fd) == 0 ? 0 : -1;
}

// ---- a directory of our own ----

static int make_file(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return fd < 0 ? -1 : close(fd);
}

static void name_entries(void) {
  name_in(directory, memory_directory, "directory");
  snprintf(first, sizeof first, "%s/first", directory);
  snprintf(second, sizeof second, "%s/second", directory);
  snprintf(linked, sizeof linked, "%s/linked", directory);
}

static int set_up_directory(void) {
  name_entries();
  if (mkdir(directory, 0700) != 0 || make_file(first) != 0) return -1;
  return symlink("/none", linked);
}

// Unlinks everything that a row may have left, and the directory.
static void remove_directory(void) {
  unlink(first);
  unlink(second);
  unlink(linked);
  for (int i = 0; i < ENTRIES; i++) {
    char path[MAX_NAME + 16];
    snprintf(path, sizeof path, "%s/entry-%d", directory, i);
    unlink(path);
  }
  rmdir(directory);
}

static int set_up_entries(void) {
  name_entries();
  if (mkdir(directory, 0700) != 0) return -1;
  for (int i = 0; i < ENTRIES; i++) {
    char path[MAX_NAME + 16];
    snprintf(path, sizeof path, "%s/entry-%d", directory, i);
    if (make_file(path) != 0) return -1;
  }
  return 0;
}

// Open, list to the end (two calls: the entries, then none), close.
static int op_getdents(void) {
  long fd = syscall(SYS_openat, AT_FDCWD, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) return -1;
  long listed = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
  long after = syscall(SYS_getdents64, fd, buffer, sizeof buffer);
  if (listed < 0 || after < 0 || syscall(SYS_close, fd) != 0) return -1;
  return listed > ENTRIES * 19 && after == 0 ? 0 : unexpected();
}

static int op_readlink(void) {
  return syscall(SYS_readlink, linked, buffer, PAGE) == 5 ? 0 : -1;
}

// There and back, so that the next operation finds what this one found.
static int op_rename(void) {
  if (syscall(SYS_rename, first, second) != 0) return -1;
  return syscall(SYS_rename, second, first) == 0 ? 0 : -1;
}

static int op_create_unlink(void) {
  long fd = syscall(SYS_openat, AT_FDCWD, second, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 || syscall(SYS_close, fd) != 0) return -1;
  return syscall(SYS_unlink, second) == 0 ? 0 : -1;
}

static int op_new_file(void) {
  long fd = syscall(SYS_openat, AT_FDCWD, second, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return -1;
  if (syscall(SYS_write, fd, buffer, PAGE) != PAGE || syscall(SYS_close, fd) != 0) return -1;
  return syscall(SYS_unlink, second) == 0 ? 0 : -1;
}

static int op_mkdir_rmdir(void) {
  if (syscall(SYS_mkdir, second, 0700) != 0) return -1;
  return syscall(SYS_rmdir, second) == 0 ? 0 : -1;
}

const struct row names_rows[] = {
    {"stat-hit", NULL, op_stat_hit, NULL},
    {"stat-miss", NULL, op_stat_miss, NULL},
    {"statx", NULL, op_statx, NULL},
    {"access", NULL, op_access, NULL},
    {"readlink", set_up_directory, op_readlink, remove_directory},
    {"open-close", NULL, op_open_close, NULL},
    {"getdents", set_up_entries, op_getdents, remove_directory},
    {"rename", set_up_directory, op_rename, remove_directory},
    {"create-unlink", set_up_directory, op_create_unlink, remove_directory},
    {"new-file-4k", set_up_directory, op_new_file, remove_directory},
    {"mkdir-rmdir", set_up_directory, op_mkdir_rmdir, remove_directory},
    {NULL, NULL, NULL, NULL},
};
