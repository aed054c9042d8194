# shells: bash
# timeout: 120
# cp -a, tar to tar, rsync-like comparisons, links and modes kept.
cp -a /etc/default copy
diff -r /etc/default copy && echo same
mkdir -p tree/sub
echo text > tree/file
ln -s file tree/link
ln tree/file tree/sub/hard
mkfifo tree/fifo
chmod 640 tree/file
chmod 2755 tree/sub
touch -d '2001-02-03 04:05:06 UTC' tree/file tree/sub
cp -a tree copied
stat -c '%n %a %F %h %Y' copied/file copied/sub copied/link copied/fifo copied/sub/hard | sed 's/\(link\|fifo\)\(.*\) [0-9]*$/\1\2/'
mkdir out
tar c tree | tar x -C out
(cd out && find . | sort)
diff -r --no-dereference tree/sub out/tree/sub && echo same
stat -c '%a %h %Y' out/tree/file
tar czf archive.tgz tree && tar tzf archive.tgz | sort
mv tree/sub moved && ls moved
cp tree/file new && cmp tree/file new && echo equal
rm -r tree copied out
ls
cp -r /usr/include/linux headers && diff -rq /usr/include/linux headers && find headers -type f | wc -l
install -m 600 -D copy/* installed/ 2>/dev/null; mktemp -u | sed 's/\..*//' 
