# shells: bash
# needs: make gcc
# timeout: 180
mkdir src
for i in $(seq 1 12); do echo "int f$i(int x) { return x + $i; }" > src/f$i.c; done
{
  for i in $(seq 1 12); do echo "int f$i(int);"; done
  echo '#include <stdio.h>'
  echo 'int main(void) { int x = 0;'
  for i in $(seq 1 12); do echo "x = f$i(x);"; done
  echo 'printf("%d\n", x); return 0; }'
} > src/main.c
cat > Makefile <<'END'
SOURCES := $(sort $(wildcard src/*.c))
OBJECTS := $(SOURCES:.c=.o)
program: $(OBJECTS)
	@$(CC) -o $@ $^ && echo linked
%.o: %.c
	@$(CC) -O1 -c -o $@ $<
clean:
	@rm -f program $(OBJECTS)
fail:
	@exit 3
.PHONY: clean fail
END
make -j2 && ./program
make -j2
touch src/f3.c
make -j2
make -q; echo "up to date $?"
make fail 2>/dev/null; echo "status $?"
make clean && ls src | wc -l
