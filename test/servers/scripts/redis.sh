# needs: redis-server=redis-server redis-benchmark=redis-tools redis-cli=redis-tools
# Redis: commands, pipelines, scripts, subscriptions, a unix socket, and data that outlive the server.
. "$LIB"
serve() {
  redis-server --port 6399 --bind 127.0.0.1 --dir "$PWD" --unixsocket "$PWD/socket" --appendonly yes --save '' >>log 2>&1 &
  server=$!
  eventually 'redis-server answers' log sh -c 'redis-cli -p 6399 ping | grep -q PONG'
}
cli() { redis-cli -p 6399 "$@"; }
field() { cli info "$1" | tr -d '\r' | sed -n "s/^$2://p"; }
finished() { [ "$(field persistence "$1")" = 0 ]; }

serve
same 'SET' OK "$(cli set key 'the value')"
same 'GET' 'the value' "$(cli get key)"
same 'GET over the unix socket' 'the value' "$(redis-cli -s "$PWD/socket" get key)"
same 'a Lua script' 'from lua' "$(cli eval "redis.call('set', KEYS[1], ARGV[1]) return redis.call('get', KEYS[1])" 1 scripted 'from lua')"
same 'a transaction' 3 "$(printf 'multi\nincr n\nincrby n 2\nexec\n' | cli | tail -n 1)"
same 'a blocking pop ends in time' '' "$(cli blpop nothing 0.2)"

cli subscribe channel >heard &
subscriber=$!
eventually 'the subscription is there' log sh -c 'redis-cli -p 6399 pubsub numsub channel | grep -qx 1'
same 'PUBLISH reaches one' 1 "$(cli publish channel hello)"
eventually 'the message arrives' log grep -qx hello heard
kill $subscriber

for pipeline in 1 16; do
  redis-benchmark -p 6399 -q -t set,get -r 1000 -c 50 -P $pipeline -n $(($(by_length 8000 100000) * pipeline)) >bench 2>&1
  least "redis-benchmark -P $pipeline" 100 "$(rate bench)"
done
redis-benchmark -s "$PWD/socket" -q -t get -c 20 -n 4000 >bench 2>&1
least 'redis-benchmark over the unix socket' 100 "$(rate bench)"
least 'redis-cli --latency takes samples' 20 "$(timeout 2 redis-cli -p 6399 --latency -i 1 --csv | tail -n 1 | cut -d, -f4)"

keys=$(cli dbsize)
cli bgsave >/dev/null
eventually 'BGSAVE ends' log finished rdb_bgsave_in_progress
same 'BGSAVE' ok "$(field persistence rdb_last_bgsave_status)"
least 'the dump is there' 1000 "$(wc -c <dump.rdb)"
cli bgrewriteaof >/dev/null
eventually 'BGREWRITEAOF begins' log grep -q 'Background append only file rewriting started' log
eventually 'BGREWRITEAOF ends' log finished aof_rewrite_in_progress
same 'BGREWRITEAOF' ok "$(field persistence aof_last_bgrewrite_status)"
cli set after rewrite >/dev/null
kill -TERM $server
wait $server
same 'the server ends by SIGTERM' 0 $?
serve
same 'all keys are back' $((keys + 1)) "$(cli dbsize)"
same 'what came after the rewrite is back' rewrite "$(cli get after)"
kill -KILL $server
wait $server
serve
same 'all keys are back after SIGKILL' $((keys + 1)) "$(cli dbsize)"
cli shutdown
wait $server
same 'SHUTDOWN' 0 $?
