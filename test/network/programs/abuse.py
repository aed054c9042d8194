"""abuse.py SEED SECONDS: makes socket calls with numbers, addresses, options, ancillary data and netlink messages of chance, some of them
nearly right. Says how many calls it made, and how many were done."""

import ctypes
import fcntl
import os
import random
import socket
import struct
import sys
import time

random.seed(int(sys.argv[1]))
end = time.monotonic() + float(sys.argv[2])
chance, some = random.randrange, random.choice
libc = ctypes.CDLL(None)
listener = socket.create_server(("127.0.0.1", 0))
listener.setblocking(False)
here = listener.getsockname()
sockets = []
SO_LINGER = 13


def add(s):
    s.setblocking(False)
    sockets.append(s)


def connection():
    client = socket.create_connection(here)
    add(client)
    add(listener.accept()[0])


MAKERS = [
    lambda: add(socket.socket()),
    lambda: add(socket.socket(socket.AF_INET6)),
    lambda: add(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
    lambda: add(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)),
    lambda: add(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, some([0, 4]))),
    lambda: add(socket.socket(chance(50), chance(12), chance(300))),
    connection,
]


def set_option(s):
    level, name = some([0, 1, 6, 17, 41, chance(300)]), chance(90)
    # A close that waits is the program's own affair.
    if (level, name) != (1, SO_LINGER):
        s.setsockopt(level, name, some([os.urandom(chance(300)), struct.pack("i", some([0, 1, -1, 5, 1 << 30]))]))


def get_option(s):
    s.getsockopt(some([0, 1, 6, 17, 41, chance(300)]), chance(90), chance(400))


def send(s):
    control = [
        (some([0, 1, 6, 17, 41]), some([1, 2, 8, 50, 52, 67, 103, chance(120)]), os.urandom(chance(40)))
        for _ in range(chance(4))
    ]
    flags = some([0, chance(1 << 31)]) | socket.MSG_DONTWAIT
    s.sendmsg([os.urandom(chance(2000))], control, flags, some([here, ("127.0.0.1", chance(65536))]))


def receive(s):
    s.recvmsg(chance(70000), chance(5000), chance(1 << 16) | socket.MSG_DONTWAIT)


def ask(s):
    message = bytearray(os.urandom(chance(120) + 16))
    length = some([len(message), chance(200)])
    kind = some([18, 20, 21, 22, 26, 30, 34, chance(120)])
    struct.pack_into("IHHII", message, 0, length, kind, some([1, 5, 0x301, 0x305, chance(65536)]), 1, 0)
    s.send(bytes(message))


def control(s):
    request = some([0x8910, 0x8912, 0x8913, 0x8915, 0x8927, 0x541B, 0x5411, 0x8905, 0x894B, 0x8906, 0x8900 + chance(256)])
    fcntl.ioctl(s, request, bytearray(os.urandom(64)))


def name(s):
    address = struct.pack("H", some([0, 2, 10, 16, chance(60)])) + os.urandom(chance(130))
    call = some([libc.connect, libc.bind])
    if call(s.fileno(), address, some([len(address), chance(200), -1])) != 0:
        raise OSError


def change(s):
    some([lambda: s.shutdown(chance(3)), lambda: s.listen(chance(10)), lambda: add(s.accept()[0])])()


def drop(s):
    sockets.remove(s)
    s.close()


calls = done = 0
while time.monotonic() < end:
    calls += 1
    try:
        if len(sockets) < 40:
            some(MAKERS)()
        if sockets:
            some([set_option, get_option, send, receive, ask, control, name, change, drop])(some(sockets))
        done += 1
    except (OSError, ValueError, OverflowError, TypeError):
        pass
print(calls > 1000, done > 100)
