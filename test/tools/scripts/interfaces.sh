# needs: ip ss ifconfig netstat route arp lsof python3 node tc
# timeout: 90
. "$LIB"
blanks() { sed -E 's/ +$//; s/ +/ /g'; }

step lists
ip addr | blanks
ip -6 addr | blanks
ip -s link | blanks
ip -j addr | python3 -c 'import json, sys; print([(a["local"], a["prefixlen"]) for a in json.load(sys.stdin)[0]["addr_info"]])'
ip route show table all | blanks
ip -6 route get ::1 | blanks
ip rule
ip -6 rule
ip neigh
ip maddr | blanks
ip netconf | blanks
tc qdisc
ifconfig -a | grep -v RX.packets | grep -v TX.packets | blanks
route -n | blanks
arp -n
netstat -g | blanks
cat /sys/class/net/lo/{mtu,operstate,flags,type}

step libraries
python3 -c 'import socket; print(socket.if_nameindex(), socket.if_nametoindex("lo"))'
node -p 'JSON.stringify(require("os").networkInterfaces())'
getent ahosts localhost | cut -d' ' -f1 | sort -u

step changes
ip addr add 192.0.2.1/24 brd + dev lo label lo:a
ip addr add 192.0.2.2/24 dev lo
ip -o -4 addr | blanks
ip route show table local | blanks
ifconfig lo:a | grep inet
python3 - <<'PYTHON'
import socket
for address in ('192.0.2.1', '192.0.2.2', '192.0.2.99', '192.0.3.1', '127.0.0.9'):
    s = socket.socket()
    try:
        s.bind((address, 0))
        s.listen()
        c = socket.create_connection(s.getsockname())
        print(address, c.getsockname()[0], c.getpeername()[0])
    except OSError as e:
        print(address, e.strerror)
PYTHON
ip addr add 192.0.2.1/24 dev lo 2>/dev/null || echo there already
ip addr del 192.0.2.1/24 dev lo
ip addr del 192.0.2.1/24 dev lo 2>/dev/null || echo gone already
ip -o -4 addr | blanks
ip link set lo mtu 1500
ip -o link | blanks
ifconfig lo mtu 65536
ip addr add 10.0.0.1/8 dev eth7 2>&1
ip link set eth7 up 2>&1
ip link set lo down
ip -o addr | blanks
ip link set lo up
ip -o addr | blanks

step owners
server python3 -c '
import signal, socket
a = socket.socket(); a.bind(("127.0.0.1", 7301)); a.listen(5)
b = socket.socket(socket.AF_INET6); b.bind(("::1", 7302)); b.listen(5)
c = socket.socket(type=socket.SOCK_DGRAM); c.bind(("0.0.0.0", 7303))
d = socket.socket(socket.AF_UNIX); d.bind("socket"); d.listen(7)
signal.pause()'
tcp 7301
tcp 7302
udp 7303
listens socket
who() { sed -E "s/pid=$server,/pid=P,/; s#(^| )$server/#\1P/#; s/ $server / P /"; }
ss -Htlnp | who | blanks | sort
ss -Hulnp | who | blanks
ss -Hxlp src socket | sed -E 's/socket [0-9]+/socket N/' | who | blanks
ss -Htln sport = :7301 | blanks
ss -Htln sport gt :7301 | blanks
ss -6Htln | blanks
netstat -tulnp 2>&1 | who | blanks | sort
lsof -n -P -i | who | awk 'NR > 1 { print $2, $4, $5, $8, $9, $10 }'
lsof -n -P -t -i tcp:7302 | grep -c "^$server$"
stop $server
