# needs: socat
# timeout: 60
. "$LIB"

step TCP of both families
socat TCP4-LISTEN:5001,reuseaddr EXEC:cat & tcp 5001
echo hello | socat - TCP4:127.0.0.1:5001
socat TCP6-LISTEN:5002,reuseaddr EXEC:cat & tcp 5002
echo hello6 | socat - 'TCP6:[::1]:5002'
wait

step an IPv6 listener hears IPv4, unless it is told not to
server socat TCP6-LISTEN:5003,reuseaddr,fork EXEC:cat; tcp 5003
echo v4 | socat - TCP4:127.0.0.1:5003
echo v6 | socat - 'TCP6:[::1]:5003'
stop $server
server socat TCP6-LISTEN:5004,reuseaddr,ipv6only=1 EXEC:cat; tcp 5004
socat - TCP4:127.0.0.1:5004 2>&1 </dev/null | messages
stop $server

step fork, with at most three children
server socat TCP4-LISTEN:5005,fork,reuseaddr,max-children=3 SYSTEM:'read x; echo got $x'; tcp 5005
for i in 1 2 3 4 5 6; do echo n$i | socat -t2 - TCP4:127.0.0.1:5005 & done | sort
stop $server

step what the child knows of the connection
socat TCP4-LISTEN:5006,reuseaddr SYSTEM:'echo $SOCAT_PEERADDR $SOCAT_PEERPORT $SOCAT_SOCKADDR $SOCAT_SOCKPORT' & tcp 5006
socat - TCP4:127.0.0.1:5006,sourceport=7001
wait

step range and tcpwrap refuse
server socat -d TCP4-LISTEN:5007,reuseaddr,range=10.0.0.0/8 EXEC:cat 2>range.err; tcp 5007
echo x | socat -t1 - TCP4:127.0.0.1:5007 2>/dev/null
stop $server
echo 'socat: ALL' >deny
echo 'socat: 127.0.0.2' >allow
server socat -d TCP4-LISTEN:5008,reuseaddr,fork,tcpwrap=socat,hosts-allow=$PWD/allow,hosts-deny=$PWD/deny EXEC:cat 2>wrap.err; tcp 5008
echo refused | socat -t1 - TCP4:127.0.0.1:5008 2>/dev/null
echo welcome | socat -t1 - TCP4:127.0.0.1:5008,bind=127.0.0.2
stop $server
grep -c 'refusing connection' range.err wrap.err

step bind to one address
socat TCP4-LISTEN:5009,reuseaddr,bind=127.0.0.5 SYSTEM:'echo $SOCAT_SOCKADDR' & tcp 5009
socat - TCP4:127.0.0.1:5009 2>&1 </dev/null | messages
socat - TCP4:127.0.0.5:5009
wait

step retry until somebody listens
(sleep 0.3; exec socat -u TCP4-LISTEN:5010,reuseaddr -) &
socat TCP4:127.0.0.1:5010,retry=50,interval=0.1 SYSTEM:'echo retried' 2>/dev/null
wait

step half close: sort sees the end of its input
socat TCP4-LISTEN:5011,reuseaddr SYSTEM:sort & tcp 5011
printf 'b\na\nc\n' | socat -t5 - TCP4:127.0.0.1:5011
wait

step one direction only
socat -u TCP4-LISTEN:5012,reuseaddr - & tcp 5012
echo forth | socat -u - TCP4:127.0.0.1:5012
wait
socat -U - TCP4-LISTEN:5013,reuseaddr & tcp 5013
echo back | socat -u - TCP4:127.0.0.1:5013
wait

step -T ends what says nothing
socat -T0.3 TCP4-LISTEN:5014,reuseaddr - &
idle=$!
tcp 5014
mkfifo silence
exec 7<>silence
socat -u - TCP4:127.0.0.1:5014 <&7 &
wait $idle && echo ended
stop $!

step options of sockets
o=nodelay,sndbuf=65536,rcvbuf=65536,mss=1000,linger2=5,so-priority=3,tos=16,ttl=10,defer-accept=1,cork
socat TCP4-LISTEN:5015,reuseaddr,reuseport,keepalive,keepidle=10,keepintvl=5,keepcnt=3,$o EXEC:cat & tcp 5015
echo set | socat -t1 - TCP4:127.0.0.1:5015,nodelay,linger=5,syncnt=3,tos=8,setsockopt=6:1:1,quickack=0,oobinline
wait

step any address family by its number
socat SOCKET-LISTEN:2:6:x13b07f000001x0000000000000000 EXEC:cat & tcp 5040
echo generic | socat -t1 - SOCKET-CONNECT:2:6:x13b07f000001x0000000000000000
wait

step many megabytes
head -c 30000000 /dev/zero | socat -u - TCP4-LISTEN:5016,reuseaddr & tcp 5016
socat -u TCP4:127.0.0.1:5016 - | sha256sum
wait
