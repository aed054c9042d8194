/* What the sentry writes for the loader; mirrored by src/arch/load-plan.ts. All words are 64 bits. */
#pragma once

#include <stdint.h>

enum {
  /* The number of the loader's only question. No kernel has it; the sentry answers it once after each execve. */
  TV_NR_LOAD = 1000,
  TV_AT_EXECFN = 31,
  TV_OP_MMAP = 1,
  TV_OP_ZERO = 2,
  TV_OP_MPROTECT = 3,
  TV_MAX_OPS = 64,
  TV_MAX_AUX = 16,
  TV_MAX_WORDS = 12,
  TV_STRINGS = 16384,
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
