# shells: bash
# timeout: 400
# A file of 100 MB, sorted; the sort needs its temporary files.
awk 'BEGIN { x = 42; for (i = 0; i < 9600000; i++) { x = (x * 16807) % 2147483647; print x } }' > numbers
wc -lc numbers
sort -n -S 32M -T . numbers > sorted
sort -c -n sorted && echo in order
sha256sum sorted
sort -u -S 64M -T . --parallel=2 numbers | wc -l
