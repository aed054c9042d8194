# shells: bash busybox
# Pipelines of five commands, and their statuses.
seq 1 1000 | grep 7 | sed 's/7/seven/' | sort -r | head -n 5
printf 'b\na\nc\nb\n' | sort | uniq -c | sort -rn | awk '{print $2 ":" $1}' | tr '\n' ' '
echo
yes | head -n 100000 | wc -l
true | false
echo "last: $?"
false | true
echo "last: $?"
! true | false
echo "negated: $?"
cat /etc/passwd | cut -d: -f1 | sort | head -n 3 | tr 'a-z' 'A-Z'
echo in | { read -r word; echo "group read $word"; } | cat | cat | cat
i=0
while [ $i -lt 20 ]; do
  echo $i
  i=$((i + 1))
done | while read -r n; do echo $((n * n)); done | paste -sd+ - | tr -d '\n' | wc -c
