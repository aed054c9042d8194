"""attempt.py STEP...: each STEP is one word or several with commas between them; prints one line for each: what came of it, or the
name of the error. What they are is in the functions below."""

import ctypes
import errno
import os
import socket
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
TIMEOUT = 5


def raw(address, port):
    """A sockaddr as bytes."""
    if ":" in address:
        ip = socket.inet_pton(socket.AF_INET6, address)
        return struct.pack("=HHI", socket.AF_INET6, socket.htons(port), 0) + ip + bytes(4)
    return struct.pack("=HH", socket.AF_INET, socket.htons(port)) + socket.inet_aton(address) + bytes(8)


def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
    return result


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def tcp(address, port):
    """A connection, and what the other side says of it."""
    with socket.socket(family(address)) as s:
        s.settimeout(TIMEOUT)
        s.connect((address, int(port)))
        return ask(s)


def ask(s):
    s.sendall(b"GET / HTTP/1.0\r\n\r\n")
    text = b""
    while data := s.recv(65536):
        text += data
    return text.split(b"\r\n\r\n")[1].decode().strip()


def name(host, port):
    """The same by name, over every address that the name has."""
    with socket.create_connection((host, int(port)), TIMEOUT) as s:
        return ask(s)


def udp(address, port):
    """A datagram from a socket without a peer."""
    with socket.socket(family(address), socket.SOCK_DGRAM) as s:
        s.settimeout(TIMEOUT)
        s.sendto(b"hello", (address, int(port)))
        return s.recv(100).decode().strip()


def connected(address, port):
    """A datagram from one with a peer."""
    with socket.socket(family(address), socket.SOCK_DGRAM) as s:
        s.settimeout(TIMEOUT)
        s.connect((address, int(port)))
        s.send(b"hello")
        return s.recv(100).decode().strip()


def astray(first, port, second):
    """A datagram elsewhere from a socket that has a peer."""
    with socket.socket(family(first), socket.SOCK_DGRAM) as s:
        s.settimeout(TIMEOUT)
        s.connect((first, int(port)))
        s.sendto(b"hello", (second, int(port)))
        return "sent"


def unspecified(kind, first, port, second):
    """connect(2) to one, then to nobody, then to the other."""
    with socket.socket(family(first), getattr(socket, "SOCK_" + kind)) as s:
        s.settimeout(TIMEOUT)
        s.connect((first, int(port)))
        check(libc.connect(s.fileno(), bytes(16), 16))
        s.connect((second, int(port)))
        return "connected"


def familyless(address, port):
    """sendto(2) with AF_UNSPEC before an address, which Linux takes for AF_INET."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        to = bytes(2) + raw(address, int(port))[2:]
        return check(libc.sendto(s.fileno(), b"hello", 5, 0, to, 16))


def v4from6(address, port):
    """sendto(2) on an IPv6 socket with an address of AF_INET."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        return check(libc.sendto(s.fileno(), b"hello", 5, 0, raw(address, int(port)), 16))


def long(address, port):
    """connect(2) with bytes after the address."""
    with socket.socket() as s:
        return check(libc.connect(s.fileno(), raw(address, int(port)) + bytes(100), 116))


def fastopen(address, port):
    """sendto(2) that would connect a TCP socket on its way."""
    with socket.socket() as s:
        s.settimeout(TIMEOUT)
        return s.sendto(b"GET / HTTP/1.0\r\n\r\n", socket.MSG_FASTOPEN, (address, int(port)))


def many(port, *addresses):
    """sendmmsg(2) to several at once: how many were sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        names = [ctypes.create_string_buffer(raw(address, int(port)), 16) for address in addresses]
        text = ctypes.create_string_buffer(b"hello")
        vector = ctypes.create_string_buffer(struct.pack("=QQ", ctypes.addressof(text), 5))
        messages = ctypes.create_string_buffer(
            b"".join(
                struct.pack("=QI4xQQQQi4xI4x", ctypes.addressof(n), 16, ctypes.addressof(vector), 1, 0, 0, 0, 0)
                for n in names
            )
        )
        return check(libc.sendmmsg(s.fileno(), messages, len(names), 0))


def passed(address, port, other):
    """A socket that has spoken to one is passed to another process, which speaks to the other."""
    left, right = socket.socketpair()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"hello", (address, int(port)))
        socket.send_fds(left, [b"x"], [s.fileno()])
    if os.fork() == 0:
        _, fds, _, _ = socket.recv_fds(right, 1, 1)
        with socket.socket(fileno=fds[0]) as s:
            print(attempt(lambda: s.sendto(b"hello", (other, int(port)))), flush=True)
        os._exit(0)
    os.wait()
    return "ended"


def option(level, number, value, address, port):
    """A connection after an option (value in hexadecimal), whether that could be set or not."""
    with socket.socket() as s:
        s.settimeout(TIMEOUT)
        attempt(lambda: s.setsockopt(int(level), int(number), bytes.fromhex(value)))
        s.connect((address, int(port)))
        return "connected"


def redirect(host, port, url):
    """An HTTP redirect that is followed."""
    import urllib.request

    with urllib.request.urlopen(f"http://{host}:{port}/to/{url}", timeout=TIMEOUT) as answer:
        return answer.read().decode().strip()


def route(*words):
    """ip(8) with these words: its status."""
    import subprocess

    return subprocess.run(["ip", *words], capture_output=True).returncode


def lookup(host):
    """All addresses of a name."""
    return " ".join(sorted({entry[4][0] for entry in socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)}))


def ping(address):
    """One echo request: the status of ping(8)."""
    import subprocess

    return subprocess.run(["ping", "-c1", "-W3", address], capture_output=True).returncode


def listen(port):
    """A server inside for one client inside."""
    with socket.create_server(("0.0.0.0", int(port))) as server, socket.create_connection(("127.0.0.1", int(port))) as c:
        s, peer = server.accept()
        with s:
            c.sendall(b"x")
            return f"{s.recv(1).decode()} {peer[0]}"


def attempt(what):
    try:
        return what()
    except OSError as error:
        # urllib wraps what was wrong.
        error = getattr(error, "reason", error)
        if isinstance(error, socket.gaierror):
            return "no such name"
        return errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)


for step in sys.argv[1:]:
    function, *args = step.split(",")
    print(attempt(lambda: globals()[function](*args)), flush=True)
