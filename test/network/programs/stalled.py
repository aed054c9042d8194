"""stalled.py ADDRESS DEAF-PORT ECHO-PORT: while one process cannot go on sending to a peer that does not read, and another waits for
a connection that nobody answers, a third one speaks to one that does. Prints how many of its round trips were answered."""

import os
import socket
import sys
import time

address, deaf, echo = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
reader, writer = os.pipe()
senders = []
for number in range(4):
    pid = os.fork()
    if pid == 0:
        s = socket.create_connection((address, deaf))
        s.setblocking(False)
        try:
            while True:
                s.send(bytes(1 << 16))
        except BlockingIOError:
            pass
        os.write(writer, b".")
        s.setblocking(True)
        s.sendall(bytes(64 << 20))
        os._exit(1)  # never
    senders.append(pid)
for _ in senders:
    os.read(reader, 1)
caller = os.fork()
if caller == 0:
    socket.create_connection(("10.77.0.99", 80))
    os._exit(1)
trips = 0
with socket.create_connection((address, echo)) as s:
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in range(500):
        s.sendall(b"ping")
        trips += s.recv(100) == b"ping"
waiting = sum(os.waitpid(pid, os.WNOHANG)[0] == 0 for pid in senders + [caller])
print(trips, waiting)
for pid in senders + [caller]:
    os.kill(pid, 9)
