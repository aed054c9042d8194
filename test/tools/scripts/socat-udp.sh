# needs: socat
# timeout: 60
. "$LIB"

step LISTEN
server socat UDP4-LISTEN:5101,fork EXEC:cat; udp 5101
echo one | socat -t0.3 - UDP4:127.0.0.1:5101
echo two | socat -t0.3 - UDP4:127.0.0.1:5101
stop $server
server socat UDP6-LISTEN:5102 EXEC:cat; udp 5102
echo six | socat -t0.3 - 'UDP6:[::1]:5102'
stop $server

step RECV takes from everybody
server socat -u UDP4-RECV:5103 OPEN:received,creat,append; udp 5103
echo a | socat -u - UDP4-SENDTO:127.0.0.1:5103
echo b | socat -u - UDP4-SENDTO:127.0.0.1:5103,sourceport=6000
ready b received
stop $server
cat received

step RECVFROM answers the one who asked
server socat UDP4-RECVFROM:5104,fork SYSTEM:'tr a-z A-Z'; udp 5104
echo sendto | socat -t0.3 - UDP4-SENDTO:127.0.0.1:5104
echo datagram | socat -t0.3 - UDP4-DATAGRAM:127.0.0.1:5104,bind=127.0.0.1:6001
stop $server
server socat UDP6-RECVFROM:5105,fork SYSTEM:'echo $SOCAT_PEERADDR; cat'; udp 5105
echo sendto6 | socat -t0.3 - 'UDP6-SENDTO:[::1]:5105'
stop $server

step broadcast
server socat -u UDP4-RECV:5106 OPEN:broadcast,creat,append; udp 5106
echo x | socat -u - UDP4-DATAGRAM:127.255.255.255:5106 2>&1 | messages | cut -d: -f1 | cut -c1-6
echo all | socat -u - UDP4-DATAGRAM:127.255.255.255:5106,broadcast
ready all broadcast
stop $server

step nobody there
echo x | socat -T1 - UDP4:127.0.0.1:5199 2>&1 | messages | sed 's/.*: //'

step options, and what comes with the messages
server socat -u UDP4-RECVFROM:5107,fork,ip-pktinfo,ip-recvttl,ip-recvtos SYSTEM:'cat >/dev/null; echo $SOCAT_IP_TTL $SOCAT_IP_TOS $SOCAT_IP_DSTADDR $SOCAT_IP_IF >>ancillary'; udp 5107
echo x | socat -u - UDP4-SENDTO:127.0.0.1:5107,ttl=9,tos=16
ready . ancillary
stop $server
cat ancillary
server socat -u UDP6-RECVFROM:5108,fork,ipv6-recvpktinfo,ipv6-recvhoplimit,ipv6-recvtclass SYSTEM:'cat >/dev/null; echo $SOCAT_IPV6_HOPLIMIT $SOCAT_IPV6_TCLASS $SOCAT_IPV6_DSTADDR $SOCAT_IPV6_IF >>ancillary6'; udp 5108
echo x | socat -u - 'UDP6-SENDTO:[::1]:5108,ipv6-unicast-hops=7,ipv6-tclass=32'
ready . ancillary6
stop $server
cat ancillary6
server socat -u SOCKET-RECV:2:2:17:x13f67f000001x0000000000000000 OPEN:generic,creat; udp 5110
echo generic | socat -u - SOCKET-SENDTO:2:2:17:x13f67f000001x0000000000000000
ready generic generic
stop $server
