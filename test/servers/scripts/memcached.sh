# needs: memcached=memcached python3=python3
# memcached with four threads, sixteen clients, and one that is killed in the middle.
. "$LIB"
(as nobody memcached -p 11299 -l 127.0.0.1 -t 4 -m 32) >log 2>&1 &
server=$!
eventually 'memcached answers' log python3 -c 'import socket; socket.create_connection(("127.0.0.1", 11299))'
cat >client.py <<'END'
import socket, sys, threading

def talk(name, rounds, wrong):
    s = socket.create_connection(('127.0.0.1', 11299))
    f = s.makefile('rb')
    for i in range(rounds):
        key, value = b'%s-%d' % (name, i), (b'%d,' % i) * (i * 7 % 5000)
        s.sendall(b'set %s 0 0 %d\r\n%s\r\nget %s\r\n' % (key, len(value), value, key))
        stored, head, body, end = f.readline(), f.readline(), f.read(len(value) + 2), f.readline()
        if (stored, body, end) != (b'STORED\r\n', value + b'\r\n', b'END\r\n'):
            wrong.append(key)

wrong = []
threads = [threading.Thread(target=talk, args=(b'%s%d' % (sys.argv[1].encode(), t), int(sys.argv[2]), wrong)) for t in range(16)]
for t in threads: t.start()
for t in threads: t.join()
print(len(threads), len(wrong))
END
python3 client.py killed 1000000 &
victim=$!
sleep 0.3
python3 client.py a $(by_length 100 2000) >a &
first=$!
kill -KILL $victim
wait $victim $first
same 'sixteen threads, while another client is killed' '16 0' "$(cat a)"
same 'counters' '16 0' "$(python3 client.py b 20)"
kill $server
wait $server
same 'memcached ends by SIGTERM' 0 $?
