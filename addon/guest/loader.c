/* The loader: what the host kernel really executes for every execve of a guest. It asks the sentry for a plan, maps the
 * program and its interpreter as told, corrects the auxiliary vector that the kernel built, and jumps.
 *
 * Freestanding: no C library, integer registers only. It stays mapped afterwards; it holds no secrets. */
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "lane.h"
#include "plan.h"

void tv_lane_places(struct tv_lane_places *places);

enum {
  NR_MMAP = 9,
  NR_MPROTECT = 10,
  NR_CLONE = 56,
  NR_EXECVE = 59,
  NR_SETRLIMIT = 160,
  NR_EXIT_GROUP = 231
};
enum { NR_SECCOMP = 317, SECCOMP_SET_MODE_FILTER = 1 };
enum { PROT_READ_WRITE = 3, MAP_PRIVATE_ANONYMOUS = 0x22, CLONE_PARENT = 0x8000 };

static struct tv_plan plan;

/* Where the sentry puts a filter for the host, now or when the program asks for one. */
static uint64_t scratch[TV_SCRATCH_SIZE / sizeof(uint64_t)];

static void fail(void) {
  for (;;) call6(NR_EXIT_GROUP, 127, 0, 0, 0, 0, 0);
}

static void run(const struct tv_op *op) {
  switch (op->kind) {
    case TV_OP_MMAP: {
      long r = call6(NR_MMAP, op->addr, op->len, op->prot, op->flags, op->fd, op->off);
      if (r != (long)op->addr) fail();
      break;
    }
    case TV_OP_ZERO: {
      volatile uint8_t *p = (volatile uint8_t *)op->addr;
      for (uint64_t i = 0; i < op->len; i++) p[i] = 0;
      break;
    }
    case TV_OP_MPROTECT:
      if (call6(NR_MPROTECT, op->addr, op->len, op->prot, 0, 0, 0) != 0) fail();
      break;
    case TV_OP_FILTER:
      if (call6(NR_SECCOMP, SECCOMP_SET_MODE_FILTER, 0, op->addr, 0, 0, 0) != 0) fail();
      break;
    default:
      fail();
  }
}

/* Puts the plan's words (an interpreter's command line) in front of the arguments in place of argv[0], moving the vector
 * down as far as they need, in steps of two words so that the stack stays aligned. Returns the new stack pointer. */
static uint64_t *insert_words(uint64_t *sp) {
  uint64_t argc = sp[0];
  uint64_t *end = sp + 1 + argc + 1;
  while (*end++ != 0) {
  }
  while (end[0] != 0) end += 2;
  end += 2;
  uint64_t drop = argc > 0 ? 1 : 0;
  uint64_t grow = plan.nwords - drop;
  uint64_t *to = sp - ((grow + 1) & ~1ull);
  size_t rest = (size_t)(end - (sp + 1 + drop));
  to[0] = argc - drop + plan.nwords;
  for (uint64_t i = 0; i < plan.nwords; i++) to[1 + i] = (uint64_t)(plan.strings + plan.words[i]);
  uint64_t *src = sp + 1 + drop, *dst = to + 1 + plan.nwords;
  for (size_t i = 0; i < rest; i++) dst[i] = src[i];
  return to;
}

static void set_auxv(uint64_t *sp) {
  uint64_t *p = sp + 1 + sp[0] + 1;
  while (*p++ != 0) {
  }
  for (; p[0] != 0; p += 2) {
    for (uint64_t i = 0; i < plan.naux; i++) {
      if (plan.aux[i].key == p[0]) p[1] = plan.aux[i].value;
    }
    if (p[0] == TV_AT_EXECFN) p[1] = (uint64_t)(plan.strings + plan.execfn);
  }
}

/* A new process: waits until it may begin, with its arguments then in place, and executes its program. */
static void spawned(long size) {
  long block = call6(NR_MMAP, 0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
  if (block < 0 || call6(TV_NR_SPAWNED, block, size, 0, 0, 0, 0) != 0) fail();
  const struct tv_spawn *spawn = (const struct tv_spawn *)block;
  /* One that the host refuses is still the sentry's to keep. */
  for (uint64_t i = 0; i < spawn->nlimits; i++)
    call6(NR_SETRLIMIT, (long)spawn->limits[i].resource, (long)&spawn->limits[i].soft, 0, 0, 0, 0);
  call6(NR_EXECVE, (long)spawn->empty, (long)spawn->argv, (long)spawn->envp, 0, 0, 0);
  fail();
}

/* The process that the first process of each container and of each exec is a copy of: it has the filter, and nothing else. */
static void zygote(void) {
  for (;;) {
    long size = call6(TV_NR_SPAWN, 0, 0, 0, 0, 0, 0);
    if (size > 0 && call6(NR_CLONE, CLONE_PARENT, 0, 0, 0, 0, 0) == 0) spawned(size);
  }
}

/* Called by _start with the stack that the kernel built; returns the entry point, and the stack pointer to enter with. */
__attribute__((used)) uint64_t load(uint64_t *sp, uint64_t **new_sp) {
  struct tv_lane_places places;
  tv_lane_places(&places);
  places.scratch = (uint64_t)scratch;
  long answer = call6(TV_NR_LOAD, (long)&plan, sizeof plan, (long)&places, sizeof places, 0, 0);
  if (answer == TV_ZYGOTE) zygote();
  if (answer != 0) fail();
  for (uint64_t i = 0; i < plan.nops; i++) run(&plan.ops[i]);
  if (plan.nwords > 0) sp = insert_words(sp);
  set_auxv(sp);
  *new_sp = sp;
  return plan.entry;
}

__asm__(
    ".globl _start\n"
    "_start:\n"
    "  mov %rsp, %rdi\n"
    "  sub $1048, %rsp\n" /* the words of insert_words go right below the kernel's rsp: stay clear of them */
    "  lea 8(%rsp), %rsi\n" /* room for the new stack pointer; the kernel's rsp is a multiple of 16 */
    "  and $-16, %rsp\n"
    "  push %rsi\n"
    "  push %rsi\n"
    "  call load\n"
    "  pop %rsi\n"
    "  mov (%rsi), %rsp\n"
    "  mov %rax, %r11\n"
    "  xor %eax, %eax\n"
    "  xor %ebx, %ebx\n"
    "  xor %ecx, %ecx\n"
    "  xor %edx, %edx\n"
    "  xor %esi, %esi\n"
    "  xor %edi, %edi\n"
    "  xor %ebp, %ebp\n"
    "  xor %r8d, %r8d\n"
    "  xor %r9d, %r9d\n"
    "  xor %r10d, %r10d\n"
    "  xor %r12d, %r12d\n"
    "  xor %r13d, %r13d\n"
    "  xor %r14d, %r14d\n"
    "  xor %r15d, %r15d\n"
    "  jmp *%r11\n");
