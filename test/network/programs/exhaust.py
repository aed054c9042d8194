"""exhaust.py: processes that take all the sockets that they can get; then files, and sockets again once those are gone. Prints why the
processes had to stop, how many files could be opened, and how many sockets afterwards."""

import errno
import os
import socket
import time

reader, writer = os.pipe()
takers = []
for _ in range(6):
    pid = os.fork()
    if pid == 0:
        taken = []
        try:
            while True:
                taken.append(socket.socket())
        except OSError as error:
            os.write(writer, errno.errorcode[error.errno].encode() + b"\n")
        time.sleep(60)
        os._exit(0)
    takers.append(pid)
with os.fdopen(reader) as reasons:
    print(sorted({reasons.readline().strip() for _ in takers}))
print(len([open("/etc/passwd") for _ in range(300)]))
for pid in takers:
    os.kill(pid, 9)
    os.waitpid(pid, 0)
print(len([socket.socket() for _ in range(100)]))
