# needs: nc ncat telnet
# timeout: 60
. "$LIB"

step nc: TCP
nc -l 7001 >o & tcp 7001
echo four | nc -N 127.0.0.1 7001
wait
nc -6 -l ::1 7002 >>o & tcp 7002
echo six | nc -N ::1 7002
wait
nc -l 7003 >>o & tcp 7003
echo options | nc -N -4 -s 127.0.0.2 -p 7777 -T lowdelay -I 10000 -O 10000 127.0.0.1 7003
wait
cat o
nc -w 1 127.0.0.1 7098
echo $?

step nc: one after the other
server nc -k -l 7004 >k; tcp 7004
echo first | nc -N 127.0.0.1 7004
echo second | nc -N 127.0.0.1 7004
ready second k
stop $server
cat k

step nc: ports that are open
server nc -k -l 7005; tcp 7005
nc -zv 127.0.0.1 7004-7006 2>&1 | sort
stop $server

step nc: UDP
server nc -u -l 7006 >u; udp 7006
echo datagram | nc -u -w 1 127.0.0.1 7006
ready datagram u
stop $server
nc -uz 127.0.0.1 7099
echo $?

step nc: unix
nc -lU s >unix & listens s
echo stream | nc -NU s
wait
cat unix
server nc -luU d >unixd; exists d
echo datagram | nc -uU -w 1 d
ready datagram unixd
stop $server

step ncat
ncat -l 7010 -c 'read x; echo got $x' & tcp 7010
(echo command; ready got answer) | ncat 127.0.0.1 7010 >answer
cat answer
wait
ncat -lU n -e /bin/cat & listens n
(echo unix; ready unix answer) | ncat -U n >answer
cat answer
wait
ncat -k -l 7011 --broker & broker=$!; tcp 7011
(exec ncat --recv-only 127.0.0.1 7011 >told) & listener=$!
for i in $(seq 50); do
  echo said | ncat --send-only 127.0.0.1 7011
  grep -q said told && break
  sleep 0.05
done
stop $listener $broker
sort -u told
ncat -l 7012 --proxy-type http 2>/dev/null & proxy=$!; tcp 7012
ncat -k -l 7013 -c 'echo behind the proxy' & behind=$!; tcp 7013
ncat --proxy 127.0.0.1:7012 --proxy-type http 127.0.0.1 7013 </dev/null
stop $proxy $behind

step telnet
nc -l 7020 <<<welcome >typed & tcp 7020
(ready welcome seen; echo line; sleep 0.2) | telnet 127.0.0.1 7020 2>&1 | tee seen | sed 1d
wait
tr -d '\r' <typed
