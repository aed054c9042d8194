# needs: redis-server=redis-server redis-cli=redis-tools
# Redis with a replica, and a sentinel that makes it the master when the first one is killed.
. "$LIB"
mkdir a b c
redis-server --port 6399 --bind 127.0.0.1 --dir a --save '' --repl-diskless-sync-delay 0 --enable-debug-command yes >log.a 2>&1 &
master=$!
eventually 'the master answers' log.a redis-cli -p 6399 ping
redis-cli -p 6399 debug populate 20000 key 100 >/dev/null
redis-server --port 6400 --bind 127.0.0.1 --dir b --save '' --replicaof 127.0.0.1 6399 >log.b 2>&1 &
replica=$!
eventually 'the replica is up to date' log.b sh -c 'redis-cli -p 6400 info replication | grep -q master_link_status:up'
same 'the replica has all keys' 20000 "$(redis-cli -p 6400 dbsize)"
redis-cli -p 6399 set late value >/dev/null
same 'WAIT: the replica has the last write' 1 "$(redis-cli -p 6399 wait 1 5000)"
same 'the replica gives it' value "$(redis-cli -p 6400 get late)"
same 'the replica takes no writes' READONLY "$(redis-cli -p 6400 set no good | cut -d' ' -f1)"
cat >c/conf <<END
port 26399
bind 127.0.0.1
dir $PWD/c
sentinel monitor group 127.0.0.1 6399 1
sentinel down-after-milliseconds group 1000
sentinel failover-timeout group 5000
END
redis-server c/conf --sentinel >log.c 2>&1 &
sentinel=$!
eventually 'the sentinel knows the replica' log.c grep -q '+slave slave 127.0.0.1:6400' log.c
kill -KILL $master
wait $master
eventually 'the sentinel makes the replica the master' log.c grep -q '+switch-master' log.c
same 'the sentinel tells the new master' 6400 "$(redis-cli -p 26399 sentinel get-master-addr-by-name group | tail -n 1)"
same 'the new master takes writes' OK "$(redis-cli -p 6400 set now good)"
kill $sentinel $replica
wait $sentinel $replica
