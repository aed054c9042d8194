# needs: socat openssl
# timeout: 60
. "$LIB"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out c.pem -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
cat k.pem c.pem >kc.pem

step TLS
socat OPENSSL-LISTEN:5301,cert=kc.pem,verify=0,reuseaddr EXEC:cat & tcp 5301
echo tls | socat -t2 - OPENSSL:localhost:5301,cafile=c.pem
wait
socat OPENSSL-LISTEN:5302,cert=kc.pem,cafile=c.pem,reuseaddr SYSTEM:'echo $SOCAT_OPENSSL_X509_COMMONNAME; cat' & tcp 5302
echo both sides | socat -t2 - OPENSSL:127.0.0.1:5302,cafile=c.pem,cert=kc.pem,openssl-min-proto-version=TLS1.3
wait
socat OPENSSL-LISTEN:5303,cert=kc.pem,verify=0,reuseaddr EXEC:cat 2>/dev/null & tcp 5303
socat -t2 - OPENSSL:localhost:5303 2>&1 </dev/null | messages
wait

step DTLS
server socat OPENSSL-DTLS-SERVER:5304,cert=kc.pem,verify=0 EXEC:cat; udp 5304
echo dtls | socat -t0.5 - OPENSSL-DTLS-CLIENT:localhost:5304,cafile=c.pem
stop $server

step proxies
socat TCP-LISTEN:5305,reuseaddr,crlf SYSTEM:'read a; echo "$a" >&2; read b; echo "HTTP/1.0 200 OK"; echo; cat' & tcp 5305
echo http | socat -t1 - PROXY:127.0.0.1:example.org:80,proxyport=5305
wait
printf '\0\132\0\0\0\0\0\0' >reply
socat TCP-LISTEN:5306,reuseaddr SYSTEM:'head -c 9 | od -An -tx1 >&2; cat reply -' & tcp 5306
echo socks4 | socat -t1 - SOCKS4:127.0.0.1:1.2.3.4:80,socksport=5306,socksuser=
wait
socat TCP-LISTEN:5307,reuseaddr SYSTEM:'head -c 21 | od -An -c >&2; cat reply -' & tcp 5307
echo socks4a | socat -t1 - SOCKS4A:127.0.0.1:example.org:80,socksport=5307,socksuser=
wait
