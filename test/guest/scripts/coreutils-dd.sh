# shells: bash
# timeout: 120
dd if=/dev/zero of=zeros bs=1M count=64 status=none
sha256sum zeros
dd if=zeros bs=4k skip=10 count=3 2>/dev/null | wc -c
printf 'abcdefghij' > ten
dd if=ten bs=1 skip=3 count=4 2>/dev/null
echo
printf XY | dd of=ten bs=1 seek=2 conv=notrunc 2>/dev/null
cat ten
echo
dd if=/dev/zero of=sparse bs=1 count=1 seek=1G status=none
stat -c %s sparse
head -c 1000000 /dev/urandom > noise
split -b 100000 noise part.
cat part.* | cmp - noise && echo whole
ls part.* | wc -l
truncate -s 5 ten
cat ten
echo
head -c 100 /dev/zero | od -c
tail -c 3 ten | xxd 2>/dev/null || tail -c 3 ten | od -x
seq 1 100000 | tee copy | sha256sum
sha256sum < copy
dd if=/dev/full of=/dev/null count=1 2>/dev/null; echo "$?"
echo x > /dev/full; echo "$?"
