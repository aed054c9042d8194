# needs: pg_ctlcluster=postgresql
# PostgreSQL: a new cluster, its benchmark, notifications, parallel queries, vacuum, and recovery after all of it was killed.
. "$LIB"
scale=$(by_length 2 10)
seconds=$(by_length 4 30)
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
PATH=$bin:$PATH
chmod 777 .
(as postgres initdb -D "$PWD/data" -A trust) >log.init 2>&1 || wrong "initdb: $(tail -n 3 log.init)"
cat >>data/postgresql.conf <<END
port = 5499
listen_addresses = '127.0.0.1'
unix_socket_directories = '$PWD'
END
serve() {
  as postgres postgres -D "$PWD/data" >>log 2>&1 &
  server=$!
  eventually 'postgres answers' log psql $tcp -c 'select 1'
}
tcp='-h 127.0.0.1 -p 5499 -U postgres'
unix="-h $PWD -p 5499 -U postgres"
serve
same 'psql over TCP' 42 "$(psql $tcp -Atc 'select 6 * 7')"
same 'psql over a unix socket' 42 "$(psql $unix -Atc 'select 6 * 7')"
pgbench $tcp -i -q -s $scale postgres >out 2>&1
same 'pgbench -i' $((scale * 100000)) "$(psql $tcp -Atc 'select count(*) from pgbench_accounts')"
balanced() {
  psql $tcp -Atc 'select (select sum(abalance) from pgbench_accounts) = (select sum(tbalance) from pgbench_tellers)
    and (select sum(abalance) from pgbench_accounts) = (select sum(bbalance) from pgbench_branches)'
}
for way in "$tcp" "$unix"; do
  pgbench $way -c 16 -j 2 -T $seconds postgres >out 2>&1
  least "pgbench -c 16 $way" 10 "$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' out)"
  same 'no transaction failed' 0 "$(sed -n 's/^number of failed transactions: \([0-9]*\).*/\1/p' out)"
done
same 'the balances agree' t "$(balanced)"

same 'LISTEN and NOTIFY' 'Asynchronous notification "news" with payload "hello" received' \
  "$( (echo 'listen news;'; sleep 1; echo 'select 1;') | psql $unix -At 2>&1 | grep -o 'Asynch.* received' &
    sleep 0.5; psql $tcp -qc "notify news, 'hello'"; wait)"
plan='set max_parallel_workers_per_gather = 2; set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0;'
same 'a parallel query runs in two workers' 2 \
  "$(psql $tcp -qAtc "$plan explain analyze select count(*) from pgbench_accounts where aid % 7 = 1" | sed -n 's/.*Workers Launched: //p')"
same 'and gives the same as one process' "$(psql $tcp -Atc 'select sum(aid::bigint * 7 % 1000) from pgbench_accounts')" \
  "$(psql $tcp -qAtc "$plan select sum(aid::bigint * 7 % 1000) from pgbench_accounts")"
same 'VACUUM' VACUUM "$(psql $tcp -c 'vacuum (full, analyze) pgbench_history')"
psql $tcp -qc 'create table words as select i, md5(i::text) as word from generate_series(1, 50000) i' -c 'create index on words (word)'
same 'an index' 777 "$(psql $tcp -qAtc 'set enable_seqscan = off' -c "select i from words where word = md5('777')")"
# Two that wait for each other: one of them is told so, by the timer of a signal.
same 'a deadlock is found' 1 "$(
  for order in '1 2' '2 1'; do
    set -- $order
    psql $tcp -c "begin; update words set word = '' where i = $1; select pg_sleep(1); update words set word = '' where i = $2; commit" 2>&1 &
  done | grep -c 'deadlock detected'; wait)"

pgbench $tcp -c 16 -j 2 -T 20 postgres >out 2>&1 &
clients=$!
sleep 2
kill -KILL $server $(pgrep -P $server)
wait $server
wait $clients
rm -f data/postmaster.pid
serve
least 'the log tells of a recovery' 1 "$(grep -c 'automatic recovery in progress' log)"
same 'the balances agree after SIGKILL' t "$(balanced)"
same 'the table is whole' 50000 "$(psql $tcp -Atc 'select count(*) from words')"
kill -INT $server
wait $server
same 'the server ends by SIGINT' 0 $?
