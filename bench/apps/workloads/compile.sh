# needs: gcc=gcc make=make
# `make -j2` of a C program of forty files.
. "$LIB"
need gcc make
if [ "$1" = prepare ]; then
  mkdir -p "$INPUT/src"
  for i in $(seq 40); do
    {
      echo '#include <stdio.h>'
      echo '#include <stdlib.h>'
      echo '#include <string.h>'
      echo "int part$i(int x) { char b[64]; snprintf(b, sizeof b, \"%d\", x * $i); int s = 0; for (size_t k = 0; k < strlen(b); k++) s += b[k]; return s; }"
    } >"$INPUT/src/part$i.c"
  done
  {
    for i in $(seq 40); do echo "int part$i(int);"; done
    echo '#include <stdio.h>'
    echo 'int main(void) { int s = 0;'
    for i in $(seq 40); do echo "s += part$i($i);"; done
    echo 'return printf("%d", s) < 0; }'
  } >"$INPUT/src/main.c"
  printf 'OBJECTS = %s main.o\nprogram: $(OBJECTS)\n\tgcc -o $@ $^\n%%.o: %%.c\n\tgcc -O1 -c -o $@ $<\n' "$(for i in $(seq 40); do printf 'part%d.o ' "$i"; done)" >"$INPUT/src/Makefile"
  cp -r "$INPUT/src" "$INPUT/native" && make -s -C "$INPUT/native" && "$INPUT/native/program" >"$INPUT/answer"
  exit 0
fi
cp -r "$INPUT/src" src
timed make-j2 make -s -j2 -C src
same 'the program computes what it does natively' "$(cat "$INPUT/answer")" "$(src/program)"
