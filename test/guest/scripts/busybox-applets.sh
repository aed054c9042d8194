# shells: busybox
# needs: busybox
# The applets of busybox itself, not the machine's programs.
b=$(command -v busybox)
$b seq 1 5 | $b tac
$b printf '%s\n' b a | $b sort
$b mkdir -p d/e && $b touch d/e/f && $b find d | $b sort
$b tar c d | $b tar t
echo text | $b gzip | $b gunzip
$b ls -l d/e | $b awk '{print $1, $NF}'
$b cp -a d copy && $b diff -r d copy && echo same
$b wc -c < "$b"
$b md5sum < "$b"
$b sh -c 'for i in 1 2 3; do echo $i; done | busybox wc -l'
$b ps | $b awk 'NR == 1 { print $1, $2 }'
$b df / | $b awk 'NR == 1 { print $1 }'
$b rm -r d copy && $b ls
