# shells: bash
# needs: gcc
# timeout: 120
# A program that exists only in the overlay.
cat > hello.c <<'END'
#include <stdio.h>
int main(int argc, char **argv) { printf("hello %d\n", argc); return argc; }
END
gcc hello.c -o hello && ./hello a b
echo "status $?"
gcc -O2 -c hello.c && gcc -static hello.o -o static && ./static
echo "status $?"
gcc -static-pie -fPIE hello.c -o pie && ./pie x
echo "status $?"
cp hello renamed && rm hello && ./renamed
echo "status $?"
gcc -shared -fPIC -o libx.so -x c - <<'END'
int answer(void) { return 42; }
END
cat > use.c <<'END'
#include <stdio.h>
int answer(void);
int main(void) { printf("%d\n", answer()); return 0; }
END
gcc use.c -o use -L. -lx && LD_LIBRARY_PATH=. ./use
./use 2>/dev/null
echo "status $?"
echo 'int main( {' > bad.c
gcc bad.c -o bad 2>/dev/null
echo "status $?"
ldd ./renamed | awk '{print $1}'
