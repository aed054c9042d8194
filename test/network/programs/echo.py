"""echo.py tcp|udp ADDRESS PORT: sends back what comes, says "ready" once it listens. TCP ends a connection when the peer has."""

import socket
import sys
import threading

kind, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
family = socket.AF_INET6 if ":" in address else socket.AF_INET


def serve(connection, peer):
    with connection:
        while data := connection.recv(65536):
            if data == b"who":
                data = peer[0].encode()
            if data == b"reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return
            connection.sendall(data)


if kind == "udp":
    with socket.socket(family, socket.SOCK_DGRAM) as server:
        server.bind((address, port))
        print("ready", flush=True)
        while True:
            data, peer = server.recvfrom(65536)
            server.sendto(data, peer)
with socket.socket(family) as server:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, port))
    server.listen(128)
    print("ready", flush=True)
    while True:
        threading.Thread(target=serve, args=server.accept(), daemon=True).start()
