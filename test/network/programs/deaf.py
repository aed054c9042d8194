"""deaf.py ADDRESS PORT: takes connections and never reads; says "ready" once it listens."""

import socket
import sys
import time

with socket.create_server((sys.argv[1], int(sys.argv[2]))) as server:
    print("ready", flush=True)
    kept = []
    while True:
        kept.append(server.accept())
