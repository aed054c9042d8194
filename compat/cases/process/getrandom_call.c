// Random bytes: lengths, flags, errors.
#include "case.h"

#include <sys/random.h>
int main(void) {
  unsigned char a[64] = {0}, b[64] = {0};
  CHECK("getrandom(GRND_NONBLOCK|GRND_RANDOM)", "bytes that differ");
  R(getrandom(a, 64, 0));
  R(getrandom(b, 64, GRND_NONBLOCK));
  T(memcmp(a, b, 64) != 0);
  R(getrandom(a, 64, GRND_RANDOM));
  CHECK("getrandom", "lengths, flags and pointers");
  R(getrandom(a, 0, 0));
  R(getrandom(a, 64, 0x100));
  R(getrandom((void *)8, 64, 0));
  CHECK("getrandom", "a megabyte, evenly");
  static unsigned char big[1 << 20];
  R(getrandom(big, sizeof big, 0));
  int counts[256] = {0}, low = 1 << 30;
  for (size_t i = 0; i < sizeof big; i++) counts[big[i]]++;
  for (int i = 0; i < 256; i++)
    if (counts[i] < low) low = counts[i];
  T(low > 3500);
  CHECK("getrandom", "a child's differ");
  reap("child", CHILD({
         NEED(getrandom(b, 64, 0));
         T(memcmp(a, b, 64) != 0);
       }));
  CHECK("getrandom", "as getentropy calls it");
  R(getentropy(big, 256));
  R(getentropy(big, 257));
  return 0;
}
