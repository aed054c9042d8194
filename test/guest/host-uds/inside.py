"""Guests: clients of the host's servers in /v (clients), or servers there for the host's clients (servers)."""

import array
import os
import select
import socket
import sys
import threading
import time


def attempt(label, body):
    try:
        print(label, body(), flush=True)
    except OSError as error:
        print(label, error.strerror, flush=True)


def talk(path, kind):
    client = socket.socket(socket.AF_UNIX, kind)
    client.connect(path)
    sent = client.send(b"hello")
    if kind == socket.SOCK_DGRAM:
        return sent
    answer = client.recv(100)
    client.shutdown(socket.SHUT_WR)
    return answer, client.recv(100), client.getpeername()


def much():
    client = socket.socket(socket.AF_UNIX)
    client.connect("/v/stream")
    client.setblocking(False)
    poller = select.epoll()
    poller.register(client, select.EPOLLIN | select.EPOLLOUT)
    left, total = 3000000, 0
    while True:
        events = dict(poller.poll(5)).get(client.fileno(), 0)
        if events & select.EPOLLOUT and left > 0:
            left -= client.send(b"a" * min(left, 70000))
            if left == 0:
                client.shutdown(socket.SHUT_WR)
                poller.modify(client, select.EPOLLIN)
        if events & select.EPOLLIN:
            data = client.recv(70000)
            if not data:
                return total
            total += len(data)
        if not events:
            return "nothing happens"


def descriptors():
    client = socket.socket(socket.AF_UNIX)
    client.connect("/v/stream")
    before = len(os.listdir("/proc/self/fd"))
    client.send(b"descriptors")
    data, control, flags, _ = client.recvmsg(100, 100)
    return data, control, flags & socket.MSG_CTRUNC == socket.MSG_CTRUNC, len(os.listdir("/proc/self/fd")) - before


def send_descriptor():
    client = socket.socket(socket.AF_UNIX)
    client.connect("/v/stream")
    return client.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))])


def busy():
    clients = [socket.socket(socket.AF_UNIX) for _ in range(4)]
    results = []
    for client in clients:
        client.setblocking(False)
        results.append(client.connect_ex("/v/busy"))
    late = socket.socket(socket.AF_UNIX)
    late.settimeout(None)
    late.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, b"\0" * 8 + (50000).to_bytes(8, "little"))
    return results[0], os.strerror(results[-1]), os.strerror(late.connect_ex("/v/busy"))


def clients():
    attempt("stream", lambda: talk("/v/stream", socket.SOCK_STREAM))
    attempt("seqpacket", lambda: talk("/v/seqpacket", socket.SOCK_SEQPACKET))
    attempt("dgram", lambda: talk("/v/dgram", socket.SOCK_DGRAM))
    attempt("by name", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"named", "/v/dgram"))
    attempt("wrong kind", lambda: talk("/v/stream", socket.SOCK_DGRAM))
    attempt("much", much)
    attempt("descriptors", descriptors)
    attempt("send a descriptor", send_descriptor)
    attempt("busy", busy)
    attempt("the file alone", lambda: talk("/one", socket.SOCK_STREAM))
    attempt("a link out of the volume", lambda: talk("/v/link", socket.SOCK_STREAM))
    attempt("the root's own files", lambda: talk(sys.argv[2], socket.SOCK_STREAM))


def answer(listener):
    connection, address = listener.accept()
    total = 0
    while data := connection.recv(200000):
        total += len(data)
        if listener.type == socket.SOCK_SEQPACKET:
            break
    connection.sendall(b"y" * total)
    connection.close()
    print("served", repr(address), total, flush=True)


def servers():
    threads = []
    for name, kind in (("stream", socket.SOCK_STREAM), ("seqpacket", socket.SOCK_SEQPACKET), ("n" * 95, socket.SOCK_STREAM)):
        listener = socket.socket(socket.AF_UNIX, kind)
        attempt("bind", lambda: listener.bind("/v/" + name))
        listener.listen(5)
        # Guests find each other by the same names.
        inside = socket.socket(socket.AF_UNIX, kind)
        inside.connect("/v/" + name)
        inside.send(b"guest")
        print(listener.accept()[0].recv(10), flush=True)
        threads.append(threading.Thread(target=answer, args=(listener,), daemon=True))
    datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    datagrams.bind("/v/dgram")
    datagrams.settimeout(5)
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.read()
    if "wait" in sys.argv:
        for thread in threads:
            thread.join(5)
        attempt("dgram", lambda: datagrams.recv(100))


{"clients": clients, "servers": servers}[sys.argv[1]]()
