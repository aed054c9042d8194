// Reading directories: types, the whole set, positions, small buffers.
#include "case.h"

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}
static void list(DIR *dir) {
  char *entries[100];
  int count = 0;
  struct dirent *entry;
  while ((entry = readdir(dir)) && count < 100) {
    char text[300];
    snprintf(text, sizeof text, "%s type %d", entry->d_name, entry->d_type);
    entries[count++] = strdup(text);
  }
  qsort(entries, count, sizeof *entries, by_name);
  for (int i = 0; i < count; i++) say("  %s", entries[i]);
}
int main(void) {
  NEED(given_directory("d", 0755));
  NEED(chdir("d"));
  put("file", "");
  NEED(given_directory("dir", 0755));
  NEED(given_symlink("file", "link"));
  NEED(mkfifo("fifo", 0644));
  put(".hidden", "");
  CHECK("getdents64", "every name with its type");
  DIR *dir = opendir(".");
  list(dir);
  CHECK("getdents64 lseek", "a directory changed and rewound");
  put("later", "");
  NEED(unlink("file"));
  rewinddir(dir);
  list(dir);
  CHECK("lseek(SEEK_SET)", "a position in a directory is found again");
  rewinddir(dir);
  readdir(dir);
  readdir(dir);
  long position = telldir(dir);
  struct dirent *entry = readdir(dir);
  char name[256];
  strcpy(name, entry->d_name);
  while (readdir(dir)) {
  }
  seekdir(dir, position);
  entry = readdir(dir);
  T(entry && strcmp(entry->d_name, name) == 0);
  closedir(dir);
  CHECK("getdents64", "buffers and descriptors");
  char buffer[1024];
  int fd = NEED(open(".", O_RDONLY));
  R(syscall(SYS_getdents64, fd, buffer, 10));
  R(syscall(SYS_getdents64, fd, buffer, sizeof buffer) > 0);
  R(syscall(SYS_getdents64, fd, buffer, sizeof buffer));
  R(lseek(fd, 0, SEEK_SET));
  R(syscall(SYS_getdents64, fd, buffer, sizeof buffer) > 0);
  R(syscall(SYS_getdents64, fd, NULL, sizeof buffer));
  int file = NEED(open("later", O_RDONLY));
  R(syscall(SYS_getdents64, file, buffer, sizeof buffer));
  R(syscall(SYS_getdents64, -1, buffer, sizeof buffer));
  fd = NEED(open("dir", O_RDONLY));
  NEED(rmdir("dir"));
  R(syscall(SYS_getdents64, fd, buffer, sizeof buffer));
  return 0;
}
