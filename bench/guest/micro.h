// What the files of micro share: the shape of a row and the places where rows make their files.
#ifndef TVISOR_BENCH_MICRO_H
#define TVISOR_BENCH_MICRO_H

#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { PAGE = 4096, MAX_NAME = 512 };

// One row of the table. All functions return 0 when everything was as it should be, else -1 with errno.
struct row {
  const char *name;
  int (*set_up)(void);      // NULL: nothing to prepare
  int (*operation)(void);   // what is measured; checks its own results
  void (*tear_down)(void);  // NULL: the end of the process is enough
};

// Each ends with a row without a name.
extern const struct row caller_rows[];
extern const struct row data_rows[];
extern const struct row names_rows[];
extern const struct row channel_rows[];
extern const struct row traffic_rows[];
extern const struct row memory_rows[];
extern const struct row process_rows[];

extern const char *self;              // this program's file: what pread reads and fork-exec runs
extern const char *memory_directory;  // a directory whose files are in memory
extern const char *host_directory;    // one that is the host's, or NULL where there is none

extern char buffer[64 * 1024];

// A check that failed without an errno of its own: makes one. For `return unexpected();`.
int unexpected(void);

// Puts DIRECTORY/micro-PID-NAME into path (MAX_NAME bytes).
void name_in(char *path, const char *directory, const char *name);

// Opens a new file in a directory; its name is removed at once. Returns a descriptor or -1.
int new_file(const char *directory);

#endif
