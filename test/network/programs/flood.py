"""flood.py: everything that is no question, and too many of those that are, to the sandbox's resolver; prints what an honest question is
answered meanwhile over UDP, and afterwards over TCP."""

import os
import random
import socket
import struct

RESOLVER = ("127.0.0.53", 53)
random.seed(1)


def question(name, flags=0x0100):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!HHHHHH", random.getrandbits(16), flags, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", 1, 1)


def spoilt(message):
    message = bytearray(message)
    for _ in range(random.randint(1, 4)):
        message[random.randrange(len(message))] = random.choice((0, 0xC0, 12, 63, random.getrandbits(8)))
    return bytes(message[: random.randint(0, len(message))]) if random.random() < 0.3 else bytes(message)


udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.connect(RESOLVER)
for i in range(4000):
    udp.send(os.urandom(random.randint(0, 200)) if i % 4 == 0 else spoilt(question("a.b.c.example.test")))
# Allowed names that nobody answers for: the server drops what it is asked.
for i in range(2000):
    udp.send(question(f"x{i}.silent.test"))

connections = []
for i in range(200):
    s = socket.create_connection(RESOLVER)
    s.settimeout(20)
    connections.append(s)
    try:
        if i % 4 == 0:
            s.send(b"\xff\xff" + os.urandom(1000))
        elif i % 4 == 1:
            s.send(b"\0\x05hello")
        elif i % 4 == 2:
            s.send((lambda q: struct.pack("!H", len(q)) + q)(question("no.such.example")) * 50)
    except OSError:
        pass

for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
    for s in connections:
        if kind == socket.SOCK_STREAM:
            s.close()
    with socket.socket(socket.AF_INET, kind) as s:
        s.settimeout(20)
        s.connect(RESOLVER)
        query = question("localhost")
        if kind == socket.SOCK_STREAM:
            s.send(struct.pack("!H", len(query)) + query)
            s.recv(2)
        else:
            s.send(query)
        print(s.recv(1000)[-4:].hex(), flush=True)
