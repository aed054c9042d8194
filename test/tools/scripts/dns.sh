# needs: dnsmasq dig host nslookup getent
# timeout: 60
. "$LIB"
cat >dnsmasq.conf <<END
keep-in-foreground
no-resolv
no-hosts
pid-file
log-facility=-
port=5353
listen-address=127.0.0.1,::1
bind-interfaces
user=$(id -un)
address=/a.test/10.1.2.3
address=/a.test/fd00::5
cname=c.test,a.test
txt-record=t.test,"a text"
mx-host=m.test,mx.test,10
ptr-record=3.2.1.10.in-addr.arpa,a.test
srv-host=_s._tcp.test,a.test,99
END
for i in $(seq 200); do echo "txt-record=long.test,\"$i $(printf %0100d $i)\""; done >>dnsmasq.conf

step files of names
getent hosts localhost
getent ahosts localhost | sort -u
getent ahostsv4 localhost | sort -u
getent passwd root nobody
getent group root
getent services http 443/tcp
getent protocols tcp
getent hosts nohost.invalid
echo $?
getent ahosts 127.0.0.1 | head -n 1

step dig
server dnsmasq -C dnsmasq.conf 2>dnsmasq.log; udp 5353
ask() { dig +time=5 +tries=1 -p 5353 @127.0.0.1 "$@"; }
ask +short a.test
ask +short AAAA a.test
ask +short TXT t.test
ask +short MX m.test
ask +short SRV _s._tcp.test
ask +short -x 10.1.2.3
ask +tcp +short a.test
ask +short TXT long.test | sort | sha256sum
dig -6 +short -p 5353 @::1 a.test
ask +noall +answer a.test
ask none.example | grep -c REFUSED
for i in $(seq 20); do ask +short a.test & done | sort | uniq -c
dig +time=1 +tries=1 @127.0.0.1 -p 5999 x 2>&1 | grep -o 'connection refused' | sort -u
host -p 5353 -t A a.test 127.0.0.1 | tail -n 1
nslookup -port=5353 c.test 127.0.0.1 | grep Address
stop $server
