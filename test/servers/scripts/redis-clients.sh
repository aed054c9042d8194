# needs: redis-server=redis-server redis-benchmark=redis-tools redis-cli=redis-tools
# Redis with ten thousand clients at once.
. "$LIB"
ulimit -n 20000 || wrong 'no more descriptors are allowed than' "$(ulimit -n)"
redis-server --port 6399 --bind 127.0.0.1 --save '' --maxclients 12000 --tcp-backlog 4096 >log 2>&1 &
eventually 'redis-server answers' log redis-cli -p 6399 ping
redis-benchmark -p 6399 -q -t get -c 10000 -n $(by_length 20000 300000) >bench 2>&1 &
benchmark=$!
connected() { redis-cli -p 6399 info clients | tr -d '\r' | sed -n 's/^connected_clients://p'; }
most=0
while kill -0 $benchmark 2>/dev/null; do
  now=$(connected)
  [ "$now" -gt $most ] && most=$now
  sleep 0.2
done
wait $benchmark
same 'redis-benchmark -c 10000' 0 $?
least 'its requests are answered' 100 "$(rate bench)"
least 'so many were connected at once' 10000 "$most"
gone() { [ "$(connected)" = 1 ]; }
eventually 'all of them are gone' log gone
redis-cli -p 6399 shutdown
