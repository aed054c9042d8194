# shells: bash busybox
# What shells and tools see of processes.
sh -c 'echo $PPID' > ppid
[ "$(cat ppid)" = "$$" ] && echo parent matches
tr '\0' ' ' < /proc/self/cmdline
echo
cat /proc/$$/comm > /dev/null && echo readable
readlink /proc/self/exe | xargs basename
ls /proc/self/fd | head -n 3
ps -o pid= -p $$ > /dev/null 2>&1 && echo ps works
grep -c '^processor' /proc/cpuinfo
nproc
uname -s
uname -m
echo $((0x7fffffff + 1))
umask
ulimit -n
cd / && pwd
cd /usr/bin/.. && pwd
cd -P /proc/self && basename "$(pwd -P)" | grep -c '^[0-9]*$'
pwd -P > /dev/null
tty
test -t 0
echo $?
