# needs: nginx=nginx-light wrk=wrk curl=curl node=nodejs
# nginx: two workers with a thousand connections, large files by sendfile, a Node.js server behind it, new settings and new logs under load.
. "$LIB"
ulimit -n 4096 || wrong 'no more descriptors are allowed than' "$(ulimit -n)"
seconds=$(by_length 5 30)
mkdir www
head -c 4096 /dev/zero | tr '\0' x >www/file
head -c 5000000 /dev/urandom >www/large
cat >server.js <<'END'
require('http').createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part)).on('end', () => response.end(`${request.method} ${request.url} ${body}`));
}).listen(8398, '127.0.0.1', 4096);
END
node server.js &
node=$!
cat >conf <<END
daemon off;
$([ "$(id -u)" = 0 ] && echo 'user root;')
worker_processes 2;
pid $PWD/pid;
error_log $PWD/log;
events { worker_connections 2048; }
http {
  sendfile on;
  access_log $PWD/access;
  client_body_temp_path $PWD/a; proxy_temp_path $PWD/b; fastcgi_temp_path $PWD/c; uwsgi_temp_path $PWD/d; scgi_temp_path $PWD/e;
  upstream node { server 127.0.0.1:8398; keepalive 100; }
  server {
    listen 127.0.0.1:8399 backlog=2048;
    root $PWD/www;
    location /node { proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection ""; }
    location /version { return 200 first; }
  }
}
END
: >log
nginx -c "$PWD/conf" -e "$PWD/log" 2>log.start &
nginx=$!
site=http://127.0.0.1:8399
eventually 'nginx answers' log curl -sf $site/file
eventually 'Node.js answers' log curl -sf http://127.0.0.1:8398/
same 'a file' "$(sha256sum <www/file)" "$(curl -s $site/file | sha256sum)"
same 'a large file' "$(sha256sum <www/large)" "$(curl -s $site/large | sha256sum)"
same 'a part of it' "$(tail -c +1000001 www/large | head -c 1000 | sha256sum)" "$(curl -s -r 1000000-1000999 $site/large | sha256sum)"
same 'a file that is not there' 404 "$(curl -s -o body -w '%{http_code}' $site/none)"
same 'a request to Node.js' 'POST /node/x data' "$(curl -s -d data $site/node/x)"
loads=
for part in 1 2 3 4 5 6 7 8; do
  curl -s $site/large | cmp - www/large >differs.$part 2>&1 &
  loads="$loads $!"
done
wait $loads
same 'eight large files at once' '' "$(cat differs.*)"

wrk -t2 -c1000 -d${seconds}s --timeout 20s $site/file >wrk.out 2>&1
least 'a thousand connections to nginx, no failure' 50 "$(rate wrk.out)"
wrk -t2 -c1000 -d${seconds}s --timeout 20s $site/node >wrk.out 2>&1
least 'a thousand connections to Node.js through nginx, no failure' 50 "$(rate wrk.out)"

workers() { pgrep -P $nginx | sort | xargs; }
before=$(workers)
sed -i 's/return 200 first/return 200 second/' conf
curl -s $site/version >version
same 'settings at first' first "$(cat version)"
( i=0; while [ $i -lt 40 ]; do curl -sf -o /dev/null $site/file || echo "$i: $?"; i=$((i + 1)); done ) >failures &
load=$!
kill -HUP $nginx
second() { [ "$(curl -s $site/version)" = second ]; }
eventually 'SIGHUP brings new settings' log second
wait $load
same 'no request failed meanwhile' '' "$(cat failures)"
replaced() { for pid in $before; do kill -0 "$pid" 2>/dev/null && return 1; done; return 0; }
eventually 'the old workers end' log replaced
mv access access.old
kill -USR1 $nginx
eventually 'SIGUSR1 opens new logs' log test -e access
curl -s $site/none >body
same 'the new log' 1 "$(grep -c 'GET /none HTTP/1.1" 404' access)"
least 'the old log' 1000 "$(wc -l <access.old)"

# A transfer under way when the server is told to end in good order.
curl -s --limit-rate 2M -o slow $site/large &
slow=$!
sleep 0.3
kill -QUIT $nginx
wait $slow
same 'a transfer under way is finished' "$(sha256sum <www/large)" "$(sha256sum <slow)"
wait $nginx
same 'nginx ends by SIGQUIT' 0 $?
same 'nothing listens any more' 7 "$(curl -s $site/file; echo $?)"
kill $node
