# needs: haproxy=haproxy lighttpd=lighttpd curl=curl socat=socat wrk=wrk
# HAProxy with two threads before two lighttpd servers, one of which is killed.
. "$LIB"
backend() {
  mkdir "www$1"
  echo "from $1" >"www$1/file"
  printf 'server.document-root = "%s"\nserver.port = %d\nserver.bind = "127.0.0.1"\n' "$PWD/www$1" "$2" >"conf$1"
  lighttpd -D -f "conf$1" >>log 2>&1 &
}
backend 1 8101
first=$!
backend 2 8102
second=$!
for port in 8101 8102; do eventually "lighttpd answers at $port" log curl -sf http://127.0.0.1:$port/file; done
cat >conf <<END
global
  nbthread 2
  stats socket $PWD/stats level admin
defaults
  mode http
  option redispatch
  retries 3
  timeout connect 5s
  timeout client 20s
  timeout server 20s
frontend front
  bind 127.0.0.1:8100
  default_backend back
backend back
  server first 127.0.0.1:8101 check inter 200ms
  server second 127.0.0.1:8102 check inter 200ms
END
haproxy -f conf -db >>log 2>&1 &
haproxy=$!
get() { curl -sf http://127.0.0.1:8100/file; }
eventually 'haproxy answers' log get
same 'both backends in turn' 'from 1 from 2' "$( (get; get; get; get) | sort -u | xargs)"
wrk -t1 -c200 -d$(by_length 2 30)s http://127.0.0.1:8100/file >wrk.out 2>&1
least 'two hundred connections, no failure' 50 "$(rate wrk.out)"
kill -KILL $first
down() { echo 'show servers state' | socat - "UNIX:$PWD/stats" | awk '$4 == "first" && $6 == 0 { found = 1 } END { exit !found }'; }
eventually 'haproxy sees that a backend is down' log down
same 'the other one answers' 'from 2' "$( (get; get; get; get) | sort -u | xargs)"
kill -USR1 $haproxy
wait $haproxy
same 'haproxy ends by SIGUSR1' 0 $?
kill $second
