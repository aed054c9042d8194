"""Programs of the host: servers in a directory (serve DIR), or a client of servers that a guest made there (call DIR)."""

import array
import os
import socket
import sys
import threading
import time

what, directory = sys.argv[1:3]
os.chdir(directory)


def echo(connection):
    while data := connection.recv(65536):
        if data == b"descriptors":
            with open("/etc/passwd", "rb") as secret:
                rights = array.array("i", [secret.fileno()])
                connection.sendmsg([b"here"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        else:
            connection.sendall(data.upper())
    connection.close()


def accept(listener):
    while True:
        threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()


def serve():
    for name, kind in (("stream", socket.SOCK_STREAM), ("seqpacket", socket.SOCK_SEQPACKET)):
        listener = socket.socket(socket.AF_UNIX, kind)
        listener.bind(name)
        listener.listen(16)
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
    busy = socket.socket(socket.AF_UNIX)
    busy.bind("busy")
    busy.listen(0)
    datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    datagrams.bind("dgram")
    print("ready", flush=True)
    while True:
        print(datagrams.recv(100).decode(), flush=True)


def call():
    for name, kind in (("stream", socket.SOCK_STREAM), ("seqpacket", socket.SOCK_SEQPACKET), ("n" * 95, socket.SOCK_STREAM)):
        connection = socket.socket(socket.AF_UNIX, kind)
        connection.settimeout(5)
        try:
            connection.connect(name)
            connection.sendall(b"x" * 100000)
            connection.shutdown(socket.SHUT_WR)
            total = 0
            while data := connection.recv(200000):
                total += len(data)
            print(name[:9], total)
        except OSError as error:
            print(name[:9], error.strerror)
    datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        print("dgram", datagrams.sendto(b"gram", "dgram"))
    except OSError as error:
        print("dgram", error.strerror)


{"serve": serve, "call": call}[what]()
time.sleep(0.1)
