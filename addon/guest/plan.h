/* What the sentry writes for the loader; mirrored by src/arch/load-plan.ts. All words are 64 bits. */
#pragma once

#include <stdint.h>

enum {
  /* The number of the loader's only question. No kernel has it; the sentry answers it once after each execve. */
  TV_NR_LOAD = 1000,
  /* A zygote's: gives the size of the next process's arguments when there is one to be made. */
  TV_NR_SPAWN = 1003,
  /* A new process's: (address, size) to put its arguments at; answered when it may begin. */
  TV_NR_SPAWNED = 1004,
  /* Answer to TV_NR_LOAD: there is no program, be a zygote. */
  TV_ZYGOTE = 1,
  TV_AT_EXECFN = 31,
  TV_OP_MMAP = 1,
  TV_OP_ZERO = 2,
  TV_OP_MPROTECT = 3,
  TV_OP_FILTER = 4,
  TV_MAX_OPS = 64,
  TV_MAX_AUX = 16,
  TV_MAX_WORDS = 12,
  TV_STRINGS = 16384,
  TV_SCRATCH_SIZE = 4096,
};

struct tv_limit {
  uint64_t resource, soft, hard;
};

/* The block of TV_NR_SPAWNED begins with these: addresses of an empty string and of the two vectors, and resource limits that only
 * the process itself can have the host set. */
struct tv_spawn {
  uint64_t empty, argv, envp, nlimits;
  struct tv_limit limits[];
};

struct tv_op {
  uint64_t kind, addr, len, prot, flags, fd, off;
};

struct tv_plan {
  uint64_t nops, naux, nwords, entry, execfn;
  struct tv_op ops[TV_MAX_OPS];
  struct {
    uint64_t key, value;
  } aux[TV_MAX_AUX];
  /* Offsets into strings: argv[0] is replaced by these. */
  uint64_t words[TV_MAX_WORDS];
  char strings[TV_STRINGS];
};
