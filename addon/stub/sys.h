/* What the stub needs of a C library: system calls, and a little text. */
#pragma once

#include <asm/unistd.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdint.h>

#include "../guest/call.h"

#define SYS1(nr, a) call6(nr, (long)(a), 0, 0, 0, 0, 0)
#define SYS2(nr, a, b) call6(nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define SYS3(nr, a, b, c) call6(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define SYS4(nr, a, b, c, d) call6(nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS5(nr, a, b, c, d, e) call6(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define SYS6(nr, a, b, c, d, e, f) call6(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

_Noreturn static inline void quit(int status) {
  for (;;) SYS1(__NR_exit_group, status);
}

static inline size_t length(const char *s) {
  size_t n = 0;
  while (s[n] != '\0') n++;
  return n;
}

static inline int same(const char *a, const char *b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return *a == *b;
}

/* A decimal number; what is no digit ends it. */
static inline long number(const char *s) {
  const int negative = *s == '-';
  long n = 0;
  for (s += negative; *s >= '0' && *s <= '9'; s++) n = n * 10 + (*s - '0');
  return negative ? -n : n;
}

/* Text that is put together in a place of fixed size: what does not fit is left out. */
struct text {
  size_t used;
  char bytes[480];
};

static inline void put(struct text *t, const char *s) {
  while (*s != '\0' && t->used < sizeof t->bytes) t->bytes[t->used++] = *s++;
}

static inline void put_number(struct text *t, long n) {
  char digits[24];
  size_t at = sizeof digits;
  const int negative = n < 0;
  digits[--at] = '\0';
  do {
    const long d = n % 10;
    digits[--at] = (char)('0' + (d < 0 ? -d : d));
    n /= 10;
  } while (n != 0);
  if (negative) digits[--at] = '-';
  put(t, digits + at);
}
