# needs: redis-server=redis-server redis-benchmark=redis-tools
# Redis over TCP on loopback: SET and GET, one command a time and sixteen in a pipeline.
. "$LIB"
[ "$1" = run ] || exit 0
requires inet
need redis-server redis-benchmark redis-cli
port=6399
redis-server --port $port --bind 127.0.0.1 --save '' --appendonly no >log 2>&1 &
eventually redis-server log redis-cli -p $port ping
same 'what was set is got' 'value of k' "$(redis-cli -p $port set k 'value of k' >/dev/null && redis-cli -p $port get k)"
for pipeline in 1 16; do
  redis-benchmark -p $port --csv -t set,get -n $((20000 * pipeline)) -c 50 -r 1000 -P $pipeline >csv 2>/dev/null
  for test in SET GET; do
    rate=$(sed -n "s/^\"$test\",\"\([0-9.]*\)\".*/\1/p" csv)
    [ -n "$rate" ] || wrong "redis-benchmark printed no $test"
    echo "result $test-P$pipeline $rate requests/s"
  done
done
same 'the keys of the benchmark are there' 1 "$([ "$(redis-cli -p $port dbsize)" -gt 900 ] && echo 1)"
redis-cli -p $port shutdown nosave 2>/dev/null
wait
