# needs: openssl
# timeout: 60
. "$LIB"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out c.pem -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost 2>/dev/null
mkfifo silence
exec 7<>silence
serve() { server openssl s_server -quiet -key k.pem -cert c.pem "$@" <&7 2>/dev/null; }

for version in tls1_2 tls1_3; do
  step $version
  serve -accept 127.0.0.1:5401 -$version -rev; tcp 5401
  (echo backwards; echo CLOSE) | timeout 10 openssl s_client -connect localhost:5401 -CAfile c.pem -$version 2>/dev/null -ign_eof |
    grep -E '^(sdrawkcab|New, )'
  stop $server
done

step -www, resumption, IPv6
serve -accept '[::1]:5402' -www; ready ':151A 0*:0000 0A' /proc/net/tcp6
printf 'GET / HTTP/1.0\r\n\r\n' | timeout 10 openssl s_client -connect '[::1]:5402' -quiet -6 2>/dev/null | grep -c 'TLSv1.3'
openssl s_client -tls1_2 -connect '[::1]:5402' -sess_out session 2>/dev/null </dev/null | grep -c '^New, TLSv1.2'
openssl s_client -tls1_2 -connect '[::1]:5402' -sess_in session </dev/null 2>/dev/null | grep -c '^Reused, TLSv1.2'
stop $server

step many sessions
serve -accept 127.0.0.1:5403 -www; tcp 5403
openssl s_time -connect 127.0.0.1:5403 -new -time 1 2>/dev/null | grep -c 'connections in'
stop $server

step DTLS
openssl s_server -dtls -key k.pem -cert c.pem -accept 127.0.0.1:5404 -naccept 1 <&7 >dtls.out 2>/dev/null &
server=$!
udp 5404
(echo datagrams; sleep 0.5) | timeout 10 openssl s_client -dtls -connect 127.0.0.1:5404 -CAfile c.pem 2>/dev/null | grep -E '^(New, |Verify return code)'
ready datagrams dtls.out
stop $server
grep datagrams dtls.out

step nobody there
openssl s_client -connect 127.0.0.1:1 </dev/null 2>&1 | grep -c 'Connection refused'
