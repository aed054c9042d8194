"""SQLite with a write-ahead log, from several processes."""
import os
import sqlite3
import sys
import tempfile

directory = tempfile.mkdtemp(dir=".")
path = os.path.join(directory, "data.db")
connection = sqlite3.connect(path, timeout=30)
print(connection.execute("pragma journal_mode=wal").fetchone())
connection.execute("create table t (id integer primary key, worker integer, text text)")
connection.commit()
print(sorted(os.listdir(directory)))
sys.stdout.flush()
pids = []
for worker in range(3):
    pid = os.fork()
    if pid == 0:
        own = sqlite3.connect(path, timeout=60)
        for i in range(50):
            with own:
                own.execute("insert into t (worker, text) values (?, ?)", (worker, "x" * i))
        own.close()
        os._exit(0)
    pids.append(pid)
print([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids])
print(connection.execute("select worker, count(*), sum(length(text)) from t group by worker order by worker").fetchall())
print(connection.execute("pragma integrity_check").fetchone())
with connection:
    connection.executemany("insert into t (worker, text) values (9, ?)", [(str(i),) for i in range(20000)])
connection.execute("create index i on t (text)")
print(connection.execute("select count(*) from t where text like '1%'").fetchone())
print(connection.execute("pragma wal_checkpoint(truncate)").fetchone())
reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
print(reader.execute("select count(*) from t").fetchone())
try:
    reader.execute("delete from t")
except sqlite3.OperationalError as error:
    print(error)
reader.close()
connection.execute("vacuum")
connection.close()
print(sorted(os.listdir(directory)))
