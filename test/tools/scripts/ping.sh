# needs: ping ip ss netstat busybox
# timeout: 60
. "$LIB"
times() { sed -E 's/time[= ].*//; s/^(rtt|round-trip).*/rtt/; s/ +$//'; }

step ping
ping -c 2 -i 0.2 -W 2 127.0.0.1 | times
ping -6 -c 1 -W 2 ::1 | times
ping -c 1 -s 10000 -W 2 localhost | times
ping -c 1 -s 30000 -W 2 127.0.0.77 -p ff -t 5 -Q 16 | times
ping -f -c 50 -q 127.0.0.1 | times
ping -c 1 -W 1 10.1.1.1 2>&1
ping -c 1 -W 1 -I 127.0.0.5 127.0.0.1 | times
ping -c 1 -W 1 -I lo 127.0.0.1 2>&1 | times
ping -M do -c 1 -s 60000 -W 1 127.0.0.1 2>&1 | times
busybox ping -c 1 127.0.0.1 | times

step addresses and routes
ip -o -4 addr
ip -o -6 addr
ip route
ip route get 127.0.0.1 | head -n 1 | sed 's/ *$//'
ip route get 8.8.8.8 2>&1
ip -o link | sed 's/ *$//'
ip rule
ip addr show dev eth0 2>&1
busybox ifconfig lo | grep -c LOOPBACK
busybox route -n | wc -l

step sockets
server nc -k -l 127.0.0.1 7101; tcp 7101
first=$server
server nc -u -l 127.0.0.1 7102; udp 7102
second=$server
mkfifo silence
exec 7<>silence
nc 127.0.0.1 7101 <&7 &
client=$!
ready ':1BBD [0-9A-F:]* 01' /proc/net/tcp
ports() { sed -E 's/(127.0.0.1:)[3-6][0-9]{4}/\1P/g; s/ +/ /g; s/ $//; s/pid=[0-9]+//' | sort; }
ss -Hltn | ports
ss -Hlun | ports
ss -Htn | ports
ss -Htn state established '( dport = :7101 )' | ports
ss -Htnp sport = :7101 | grep -c '"nc"'
ss -Hlx src none | wc -l
netstat -tn | ports
netstat -lntup | sed 's#[0-9]*/nc#P/nc#' | ports
stop $client $first $second
