# needs: socat busybox
# timeout: 60
. "$LIB"

step pipes, unnamed and named
echo loop | socat -t0.3 - PIPE
server socat -u PIPE:named OPEN:from,creat; exists named
stat -c %F named
echo named >named
wait $server
cat from

step a terminal of its own
server socat PTY,link=terminal,raw,echo=0 EXEC:cat; exists terminal
stty -F terminal | head -n 1
exec 5<>terminal
echo through >&5
head -n 1 <&5
exec 5>&-
stop $server

step EXEC with a terminal, with pipes, with a socket
socat -t1 - EXEC:'bash -c "tty; stty size; read x; echo got $x"',pty,setsid,ctty </dev/null | sed 's#/dev/pts/.*#terminal#' | tr -d '\r'
echo hi | socat -t1 - EXEC:"bash -c 'read x; echo [\$x]; test -t 0 && echo terminal'",pty,setsid,ctty,echo=0 | tr -d '\r'
echo piped | socat -t1 - EXEC:cat,pipes
echo both | socat - SYSTEM:'cat; echo error >&2',pipes,stderr
echo numbers | socat - 'SYSTEM:cat <&7 >&6',fdin=7,fdout=6,pipes
echo socket | socat -t1 - EXEC:cat
echo same process | socat -t0.5 - SYSTEM:'tr a-z A-Z',nofork
socat - EXEC:'sh -c "exit 5"' </dev/null 2>&1 | messages | sed 's/child [0-9]*/child/'

step signals reach the child
mkfifo silence
exec 7<>silence
echo 'trap "echo hung up >trapped; exit" HUP; echo up >up; while :; do sleep 0.05; done' >waits
server socat - EXEC:'sh waits',sighup <&7; ready up up
kill -HUP $server
ready hung trapped
stop $server
cat trapped

step descriptors and files
exec 8<<<from
socat -u FD:8 -
exec 9>to
echo to | socat -u - FD:9
cat to
echo one | socat -u - OPEN:f,creat,trunc
echo two | socat -u - GOPEN:f
cat f
socat -u OPEN:f,rdonly,seek=4 -
echo Z | socat -u - OPEN:f,wronly,seek=1
cat f
echo x | socat -u - CREATE:h,mode=600
stat -c %a h
socat -u OPEN:none - 2>&1 | messages
echo start >growing
server socat -u FILE:growing,ignoreeof OPEN:grown,creat; ready start grown
echo more >>growing
ready more grown
stop $server
socat -L lockfile -u OPEN:f - && ls lockfile 2>&1

step another user, another root
if [ "$(id -u)" = 0 ]; then
  socat - EXEC:'id -un',su=nobody </dev/null
  socat TCP4-LISTEN:5201,reuseaddr,su-d=nobody SYSTEM:'id -un; id -Gn' & tcp 5201
  socat - TCP4:127.0.0.1:5201
  wait
  mkdir root
  cp "$(command -v busybox)" root/
  socat - EXEC:'/busybox ls /',chroot=$PWD/root </dev/null
  echo x | socat -u - CREATE:owned,user=nobody
  stat -c %U owned
fi

step a shell over the network, in a terminal
socat TCP4-LISTEN:5202,reuseaddr EXEC:'sh -i',pty,stderr,setsid,sane,ctty 2>/dev/null & tcp 5202
(sleep 0.4; echo 'echo $((6*7)); tty | cut -c1-8; exit') | PS1= socat -t1 - TCP4:127.0.0.1:5202 | tr -d '\r' | grep -v '[$#] '
wait
