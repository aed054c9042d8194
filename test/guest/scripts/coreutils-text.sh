# shells: bash
# timeout: 120
# grep -r, sed -i, awk, cut, join, comm, tr, uniq, diff, od.
grep -rl 'include <linux' /usr/include/linux | sort | wc -l
grep -rn 'define SIGKILL' /usr/include/asm* | sort
seq 1 100 > f
sed -i 's/^1/one/; /5$/d' f
head -n 12 f
sed -n '/0$/p' f | tr '\n' ' '
echo
awk -F: '{ n[$7]++ } END { for (s in n) print s, n[s] }' /etc/passwd | sort
awk 'BEGIN { while (("echo a b c" | getline line) > 0) print "got " line; system("echo system") }'
cut -d: -f1,3 /etc/passwd | head -n 3
join <(printf '1 a\n2 b\n') <(printf '1 x\n2 y\n')
comm <(seq 1 5) <(seq 3 7)
diff <(seq 1 5) <(seq 2 6)
printf 'a\tb\n' | expand | od -c
fold -w 10 /etc/passwd | head -n 3
seq 10 | shuf --random-source=/usr/bin/env | sort -n | tail -n 1
nl -ba f | tail -n 2
seq 1 20 | paste - - - -
echo 'hello' | rev | tr a-z A-Z
expr 6 \* 7
date -u -d @1000000000 +%F
basename /a/b.c .c; dirname /a/b.c; realpath /usr/../etc/./passwd
id -u; id -un; groups
test -e /nonexistent || echo no
