# needs: python3=python3
# Python's http.server with a thread a request, and twenty clients.
. "$LIB"
head -c 2000000 /dev/urandom >file
python3 -m http.server 7790 --bind 127.0.0.1 >log 2>&1 &
server=$!
eventually 'the server answers' log python3 -c 'import urllib.request; urllib.request.urlopen("http://127.0.0.1:7790/")'
cat >client.py <<'END'
import hashlib, threading, urllib.request
right = hashlib.sha1(open('file', 'rb').read()).digest()
results = []
def load():
    for _ in range(4):
        results.append(hashlib.sha1(urllib.request.urlopen('http://127.0.0.1:7790/file').read()).digest() == right)
threads = [threading.Thread(target=load) for _ in range(20)]
for t in threads: t.start()
for t in threads: t.join()
print(results.count(True))
END
same 'eighty files' 80 "$(python3 client.py)"
same 'the log' 80 "$(grep -c 'GET /file HTTP/1.1" 200' log)"
kill $server
wait $server
same 'the server ends by SIGTERM' 143 $?
