# needs: curl wget nginx openssl
# timeout: 60
. "$LIB"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k.pem -out c.pem -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
mkdir -p www/put temporary
echo index >www/index.html
head -c 3000000 /dev/zero >www/big
for i in $(seq 50); do echo f$i >www/f$i; done
cat >nginx.conf <<END
daemon off; pid $PWD/pid; error_log $PWD/error.log crit; worker_processes 2;
events { worker_connections 200; }
http {
  access_log off; root $PWD/www; client_max_body_size 20m; client_body_temp_path $PWD/temporary/b;
  proxy_temp_path $PWD/temporary/p; fastcgi_temp_path $PWD/temporary/f; uwsgi_temp_path $PWD/temporary/u;
  scgi_temp_path $PWD/temporary/s;
  server { listen 127.0.0.1:8080; listen [::1]:8080; listen unix:$PWD/sock; location /put { dav_methods PUT; } }
  server { listen 127.0.0.1:8443 ssl http2; ssl_certificate $PWD/c.pem; ssl_certificate_key $PWD/k.pem;
    location /put { dav_methods PUT; } }
}
END
[ "$(id -u)" = 0 ] && sed -i '1s/^/user root; /' nginx.conf
server nginx -p "$PWD" -e error.log -c nginx.conf
nginx=$server
tcp 8080
get() { curl -sS --max-time 20 "$@"; }

step http
get http://127.0.0.1:8080/ http://localhost:8080/f1
get -6 'http://[::1]:8080/'
get -o /dev/null -w '%{http_code} %{size_download} %{remote_ip} %{local_ip} %{num_connects}\n' http://127.0.0.1:8080/big
get -I http://127.0.0.1:8080/none | head -n 1 | tr -d '\r'
get -w '%{num_connects}\n' http://127.0.0.1:8080/f1 http://127.0.0.1:8080/f2
get --unix-socket sock http://x/f3

step https
get --cacert c.pem https://localhost:8443/
get https://localhost:8443/
echo $?
get -k --http2 -w '%{http_version}\n' https://127.0.0.1:8443/
get -k --http1.1 -w '%{http_version}\n' https://127.0.0.1:8443/
get -k --tls-max 1.2 -w '%{http_version}\n' https://127.0.0.1:8443/

step fifty at once
get --parallel --parallel-max 50 -o 'plain#1' 'http://127.0.0.1:8080/f[1-50]' 2>/dev/null
cat plain* | sort | sha256sum
get -k --parallel --parallel-max 50 -o 'tls#1' 'https://127.0.0.1:8443/f[1-50]' 2>/dev/null
cat tls* | sort | sha256sum

step parts, uploads, limits
head -c 1000000 www/big >part
get -C - -o part -w '%{http_code} %{size_download}\n' http://127.0.0.1:8080/big
cmp part www/big
get -r 0-9 http://127.0.0.1:8080/big | wc -c
head -c 5000000 /dev/urandom >random
get -T random -w '%{http_code}\n' http://127.0.0.1:8080/put/1
get -k -T random -w '%{http_code}\n' https://127.0.0.1:8443/put/2
cmp random www/put/1
cmp random www/put/2
get --limit-rate 6M -o /dev/null -w '%{size_download}\n' http://127.0.0.1:8080/big

step where from
get --interface 127.0.0.9 -w '%{local_ip}\n' http://127.0.0.1:8080/f3
get --interface lo -w '%{local_ip}\n' http://127.0.0.1:8080/f3
get --local-port 40000-40010 -w '%{local_port}\n' http://127.0.0.1:8080/f3
get --tcp-fastopen --keepalive-time 5 --no-tcp-nodelay http://127.0.0.1:8080/f4

step what fails
get http://127.0.0.1:1/ 2>&1 | sed 's/after [0-9]* ms/after/'
get --connect-timeout 2 http://nohost.invalid/
echo $?

step wget
wget -q -O - http://127.0.0.1:8080/f5
wget -q -O - --ca-certificate=c.pem https://localhost:8443/f6
head -c 1000 www/big >big
wget -q -c http://127.0.0.1:8080/big
cmp big www/big
wget -q -O - --inet6-only http://localhost:8080/f7
wget -q -r -nH -l 1 -P recursive http://127.0.0.1:8080/
ls recursive
stop $nginx
cat error.log
