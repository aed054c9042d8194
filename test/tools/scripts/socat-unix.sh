# needs: socat
# timeout: 60
. "$LIB"

step stream
server socat UNIX-LISTEN:s,fork EXEC:cat; listens s
stat -c %A s
echo one | socat - UNIX-CONNECT:s
echo two | socat - UNIX-CLIENT:s
echo three | socat - GOPEN:s
stop $server
ls s 2>&1

step modes, owners, names of both ends
socat UNIX-LISTEN:s,mode=600,unlink-early SYSTEM:'echo $SOCAT_PEERADDR-$SOCAT_SOCKADDR' & listens s
stat -c %a s
socat - UNIX-CONNECT:s,bind=c
wait
ls

step datagrams
server socat -u UNIX-RECV:r OPEN:received,creat; exists r
echo dg | socat -u - UNIX-SENDTO:r
ready dg received
stop $server
cat received
server socat UNIX-RECVFROM:r,fork 'SYSTEM:tr a-z A-Z'; exists r
echo shout | socat -t0.3 - UNIX-SENDTO:r,bind=c
echo client | socat -t0.3 - UNIX-CLIENT:r,bind=c
stop $server

step packets that keep their order and their ends
socat UNIX-LISTEN:q,type=5 EXEC:cat & listens q
echo seq | socat - UNIX-CONNECT:q,type=5
wait

step abstract names
socat ABSTRACT-LISTEN:tools EXEC:cat & listens @tools
echo abs | socat - ABSTRACT-CONNECT:tools
wait
server socat ABSTRACT-RECVFROM:tools,fork 'SYSTEM:tr a-z A-Z'; ready @tools /proc/net/unix
echo sendto | socat -t0.3 - ABSTRACT-SENDTO:tools,bind=back
echo client | socat -t0.3 - ABSTRACT-CLIENT:tools,bind=back 2>&1 | messages
stop $server
server socat -u ABSTRACT-RECV:tools OPEN:abstract,creat; ready @tools /proc/net/unix
echo recv | socat -u - ABSTRACT-SENDTO:tools
ready recv abstract
stop $server
grep -c @tools /proc/net/unix

step nobody there
socat - UNIX-CONNECT:none 2>&1 </dev/null | messages
socat -u UNIX-LISTEN:gone - & listens gone
stop $!
: >plain
socat - UNIX-CONNECT:plain 2>&1 </dev/null | messages

step many megabytes
head -c 20000000 /dev/zero | socat -u - UNIX-LISTEN:big & listens big
socat -u UNIX:big - | sha256sum
wait
