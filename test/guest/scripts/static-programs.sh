# shells: bash
# needs: gcc musl-gcc
# timeout: 120
# Static musl, static-pie, and programs without libc.
musl-gcc -static -O1 -pthread "$PROGRAMS/threads.c" -o musl && ./musl
echo "status $?"
musl-gcc -O1 -pthread "$PROGRAMS/threads.c" -o musl-dynamic && ./musl-dynamic
echo "status $?"
gcc -static-pie -fPIE -O1 -pthread "$PROGRAMS/threads.c" -o pie && ./pie
echo "status $?"
gcc -no-pie -O1 -pthread "$PROGRAMS/threads.c" -o fixed && ./fixed
echo "status $?"
cat > bare.c <<'END'
static long call(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return r;
}
void _start(void) { call(1, 1, (long)"bare\n", 5); call(231, 13, 0, 0); }
END
gcc -nostdlib -static -O1 bare.c -o bare && ./bare
echo "status $?"
strip bare && ./bare
echo "status $?"
