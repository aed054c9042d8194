# shells: bash busybox
# exec with and without a command, redirections, descriptors.
exec 3>file
echo to three >&3
exec 3>&-
cat file
exec 4<file
read -r line <&4
echo "read: $line"
exec 4<&-
(exec echo replaced)
(exec 2>/dev/null; ls /missing; echo "status $?")
echo more >> file
wc -l < file
{ echo out; echo err >&2; } 2>&1 | sort
ls /missing > all 2>&1
echo "ls failed: $(wc -l < all) line"
echo text > /dev/null
cat < /dev/null | wc -c
: > empty
[ -s empty ] || echo is empty
set -C
(echo x > file) 2>/dev/null || echo refused
set +C
printf 'one\ntwo\n' > lines
while read -r l; do echo "line $l"; done < lines
nosuchcommand 2>/dev/null
echo "not found $?"
./file 2>/dev/null
echo "not executable $?"
/ 2>/dev/null
echo "directory $?"
exec sh -c 'echo last; exit 21'
