# needs: apache2=apache2 curl=curl ab=apache2-utils
# Apache with its event module: processes with threads, a script for CGI, and a graceful restart under load.
. "$LIB"
mkdir www
head -c 300000 /dev/urandom >www/file
printf '#!/bin/sh\necho "Content-Type: text/plain"\necho\necho "$REQUEST_METHOD $(cat)"\n' >www/script.cgi
chmod 755 www/script.cgi
modules=/usr/lib/apache2/modules
cat >conf <<END
ServerRoot $PWD
ServerName localhost
PidFile $PWD/pid
Listen 127.0.0.1:8120
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule mime_module $modules/mod_mime.so
TypesConfig /dev/null
LoadModule cgid_module $modules/mod_cgid.so
ScriptSock $PWD/cgid
$([ "$(id -u)" = 0 ] && echo 'User nobody' && echo 'Group nogroup')
ErrorLog $PWD/log
DocumentRoot $PWD/www
MaxKeepAliveRequests 0
ThreadsPerChild 40
StartServers 3
MinSpareThreads 40
MaxSpareThreads 200
MaxRequestWorkers 200
<Directory $PWD/www>
  Require all granted
  Options +ExecCGI
  AddHandler cgi-script .cgi
</Directory>
END
: >log
apache2 -f "$PWD/conf" -D FOREGROUND >log.start 2>&1 &
apache=$!
site=http://127.0.0.1:8120
eventually 'apache answers' log curl -sf $site/file
same 'a file' "$(sha256sum <www/file)" "$(curl -s $site/file | sha256sum)"
same 'a CGI script' 'POST something' "$(curl -s -d something $site/script.cgi)"
ab -q -k -c 25 -n $(by_length 2000 40000) $site/file >ab.out 2>&1
same 'requests over twenty-five connections, none failed' "$(by_length 2000 40000) 0" \
  "$(sed -n 's/^\(Complete\|Failed\) requests: *//p' ab.out | xargs)"
( i=0; while [ $i -lt 60 ]; do curl -sf -o /dev/null $site/file || echo "$i: $?"; i=$((i + 1)); done ) >failures &
load=$!
sleep 0.2
kill -USR1 $apache
wait $load
same 'no request failed over a graceful restart' '' "$(cat failures)"
eventually 'the restart is over' log sh -c '[ $(grep -c "resuming normal operations" log) = 2 ]'
same 'a file after the restart' "$(sha256sum <www/file)" "$(curl -s $site/file | sha256sum)"
kill $apache
wait $apache
same 'apache ends by SIGTERM' 0 $?
