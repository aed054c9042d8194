# needs: redis-server=redis-server redis-benchmark=redis-tools redis-cli=redis-tools
# Servers and clients that are killed in the middle of their traffic, time and again: others do not feel it.
. "$LIB"
serve() { exec redis-server --port "$1" --bind 127.0.0.1 --unixsocket "$PWD/socket.$1" --save '' >>log 2>&1; }
up() { eventually "the server at $1 answers" log redis-cli -p "$1" ping; }
serve 6399 &
stays=$!
up 6399
redis-benchmark -p 6399 -q -t set,get -r 1000 -P 4 -n $(by_length 100000 2000000) >bench 2>&1 &
benchmark=$!
for round in 1 2 3; do
  serve 6400 &
  victim=$!
  up 6400
  redis-benchmark -p 6400 -q -t set -P 16 -c 100 -l >/dev/null 2>&1 &
  over_tcp=$!
  redis-benchmark -s "$PWD/socket.6400" -q -t set -P 16 -c 100 -l >/dev/null 2>&1 &
  over_unix=$!
  redis-cli -p 6400 blpop nothing 0 >/dev/null 2>&1 &
  waiting=$!
  redis-benchmark -p 6399 -q -t set -c 20 -l >/dev/null 2>&1 &
  client=$!
  sleep 0.4
  kill -KILL $victim $client
  wait $victim $client 2>/dev/null
  wait $waiting
  same "round $round: who waited for the dead one is told" 1 $?
  # redis-benchmark itself may spin for ever when it is a write that tells it.
  kill -KILL $over_tcp $over_unix 2>/dev/null
  same "round $round: nobody listens at its port" 1 "$(redis-cli -p 6400 ping >out 2>&1; echo $?)"
done
kill -0 $benchmark 2>/dev/null || echo 'the other traffic was over before the last round'
wait $benchmark
same 'the other traffic' 0 $?
least 'and none of it failed' 100 "$(rate bench)"
alone() { [ "$(redis-cli -p 6399 info clients | tr -d '\r' | sed -n 's/^connected_clients://p')" = 1 ]; }
eventually 'the killed clients are gone' log alone
redis-cli -p 6399 shutdown
wait $stays
same 'the other server ends well' 0 $?
