# shells: bash busybox
# timeout: 120
# A loop of 500 forks, and of 100 execs.
n=0
i=0
while [ $i -lt 500 ]; do
  (exit $((i % 256)))
  n=$((n + $?))
  i=$((i + 1))
done
echo $n
i=0
while [ $i -lt 100 ]; do
  /bin/true || echo failed
  i=$((i + 1))
done
echo done
