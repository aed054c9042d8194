"""talk.py tcp|udp ADDRESS PORT BYTES|TEXT: speaks to an echo server and prints what is seen: how much came back, and whether it is the same.

A number of bytes is sent in pieces, over TCP by a thread of its own with a half close at the end; a text is one message, whose answer
is printed."""

import socket
import sys
import threading

kind, address, port, what = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
family = socket.AF_INET6 if ":" in address else socket.AF_INET


def pattern(length):
    block = bytes(i * 7 % 251 for i in range(65521))
    return (block * (length // len(block) + 1))[:length]


def say(error):
    print(type(error).__name__)


def stream():
    with socket.create_connection((address, port), timeout=20) as s:
        if not what.isdigit():
            s.sendall(what.encode())
            print(s.recv(65536).decode())
            return
        sent = pattern(int(what))

        def send():
            s.sendall(sent)
            s.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        got = bytearray()
        while data := s.recv(1 << 20):
            got += data
        sender.join()
        print(len(got), bytes(got) == sent)


def datagrams():
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.settimeout(3)
        s.connect((address, port))
        if not what.isdigit():
            s.send(what.encode())
            print(s.recv(65536).decode())
            return
        sizes = [1, 100, 1400, 9000, int(what)]
        same = 0
        for size in sizes:
            s.send(pattern(size))
            same += s.recv(65536) == pattern(size)
        print(len(sizes), same == len(sizes))


try:
    stream() if kind == "tcp" else datagrams()
except OSError as error:
    say(error)
