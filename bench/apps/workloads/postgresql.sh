# needs: pg_ctlcluster=postgresql
# PostgreSQL: making a cluster, and pgbench's own transactions from eight clients over loopback.
. "$LIB"
[ "$1" = run ] || exit 0
requires inet
requires shm
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
[ -n "$bin" ] || skip 'postgresql is not installed'
PATH=$bin:$PATH
chmod 777 .
timed initdb as postgres initdb -D "$PWD/data" -A trust --no-sync
as postgres postgres -D "$PWD/data" -p 5499 -c listen_addresses=127.0.0.1 -c unix_socket_directories="$PWD" -c fsync=off >log 2>&1 &
eventually postgres log psql -h 127.0.0.1 -p 5499 -U postgres -c 'select 1'
connect="-h 127.0.0.1 -p 5499 -U postgres"
timed load pgbench $connect -i -q -s 5 postgres
same 'every account is there' 500000 "$(psql $connect -Atc 'select count(*) from pgbench_accounts' postgres)"
pgbench $connect -c 8 -j 1 -T 5 postgres >out 2>err || wrong "pgbench: $(tail -n 1 err)"
rate=$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' out | tail -n 1)
[ -n "$rate" ] || wrong "pgbench: $(tail -n 1 out)"
echo "result transactions $rate transactions/s"
same 'accounts, tellers and branches agree' t "$(psql $connect -Atc 'select (select sum(abalance) from pgbench_accounts) = (select sum(tbalance) from pgbench_tellers) and (select sum(abalance) from pgbench_accounts) = (select sum(bbalance) from pgbench_branches)' postgres)"
as postgres pg_ctl -D "$PWD/data" stop -m fast >/dev/null
wait
