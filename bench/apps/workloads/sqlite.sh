# needs: sqlite3=sqlite3
# SQLite in a file: small transactions with the rollback journal and with WAL, a bulk load, an index, queries.
. "$LIB"
need sqlite3
if [ "$1" = prepare ]; then
  {
    echo 'create table t(id integer primary key, k integer, v text);'
    awk 'BEGIN { for (i = 1; i <= 300; i++) printf "insert into t values(%d, %d, \"%064d\");\n", i, i * 7919 % 1000, i }'
  } >"$INPUT/small.sql"
  {
    echo 'create table b(id integer primary key, k integer, v text); begin;'
    awk 'BEGIN { for (i = 1; i <= 100000; i++) printf "insert into b values(%d, %d, \"%032d\");\n", i, i * 7919 % 10007, i }'
    echo 'commit; create index b_k on b(k); select count(*), sum(k) from b where k between 100 and 5000;'
    echo 'select sum(length(v)) from b where v like "%77%";'
  } >"$INPUT/bulk.sql"
  exit 0
fi
journal() { { echo "pragma journal_mode=$1;"; cat "$INPUT/small.sql"; } | sqlite3 "$1.db"; }
bulk() { sqlite3 bulk.db <"$INPUT/bulk.sql" >bulk.out; }
timed transactions-journal journal delete
timed transactions-wal journal wal
timed bulk bulk
same 'all rows of the journal' 300 "$(sqlite3 delete.db 'select count(*) from t')"
same 'the two databases agree' "$(sqlite3 delete.db 'select count(*), sum(k), max(v) from t')" "$(sqlite3 wal.db 'select count(*), sum(k), max(v) from t')"
same 'integrity' ok "$(sqlite3 bulk.db 'pragma integrity_check')"
same 'rows' 100000 "$(sqlite3 bulk.db 'select count(*) from b')"
