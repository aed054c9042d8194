# needs: nginx=nginx-light wrk=wrk curl=curl
# nginx serving a file of 4 KiB to fifty connections on loopback.
. "$LIB"
[ "$1" = run ] || exit 0
requires inet
need nginx wrk curl
mkdir www
head -c 4096 /dev/zero | tr '\0' x >www/file
cat >conf <<EOF
daemon off;
$([ "$(id -u)" = 0 ] && echo 'user root;')
worker_processes 1;
pid $PWD/pid;
error_log $PWD/log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path $PWD/a; proxy_temp_path $PWD/b; fastcgi_temp_path $PWD/c; uwsgi_temp_path $PWD/d; scgi_temp_path $PWD/e;
  server { listen 127.0.0.1:8399; root $PWD/www; }
}
EOF
: >log
nginx -c "$PWD/conf" -e "$PWD/log" 2>log.start &
server=$!
eventually nginx log curl -sf http://127.0.0.1:8399/file
same 'the file is served' "$(sha256sum <www/file)" "$(curl -s http://127.0.0.1:8399/file | sha256sum)"
wrk -t1 -c50 -d4s --latency http://127.0.0.1:8399/file >out 2>&1
grep -q -e 'Non-2xx' -e 'Socket errors' out && wrong "$(grep -e 'Non-2xx' -e 'Socket errors' out)"
rate=$(sed -n 's/^Requests\/sec: *//p' out)
[ -n "$rate" ] || wrong "wrk: $(tail -n 1 out)"
echo "result requests $rate requests/s"
kill $server
wait
