"""probe.py: asks much of sockets that lead to another machine, an echo server at 10.77.0.1 and fd77::1, TCP and UDP port 7000, and
prints what it sees: the same natively and in a sandbox with this network."""

import errno
import os
import select
import socket
import struct
import tempfile
import time

HERE, THERE, THERE6, NOBODY = "10.77.0.2", "10.77.0.1", "fd77::1", "10.77.0.99"
IP_RECVERR, IPV6_RECVPKTINFO, TCP_SYNCNT, SO_TIMESTAMP = 11, 49, 7, 29


def check(name):
    def run(body):
        try:
            result = body()
        except OSError as error:
            result = errno.errorcode.get(error.errno, str(error))
        print(f"{name}: {result}")

    return run


def tcp(address=THERE, port=7000):
    return socket.create_connection((address, port), timeout=10)


def udp(family=socket.AF_INET):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(3)
    return s


def exactly(s, count):
    got = b""
    while len(got) < count:
        data = s.recv(count - len(got))
        if not data:
            break
        got += data
    return got


@check("names")
def _():
    with tcp() as s:
        return s.getsockname()[0], s.getpeername(), s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


@check("non-blocking connect")
def _():
    s = socket.socket()
    s.setblocking(False)
    first = errno.errorcode[s.connect_ex((THERE, 7000))]
    ready = select.select([], [s], [], 5)[1] == [s]
    return first, ready, s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), s.connect_ex((THERE, 7000)) in (0, errno.EISCONN)


@check("refused, told by epoll")
def _():
    s = socket.socket()
    s.setblocking(False)
    poll = select.epoll()
    poll.register(s, select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP)
    s.connect_ex((THERE, 9))
    events = poll.poll(5)
    return [e for _, e in events], errno.errorcode[s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)], s.getsockopt(1, 4)


@check("nobody answers")
def _():
    s = socket.socket()
    s.setsockopt(socket.IPPROTO_TCP, TCP_SYNCNT, 1)
    s.connect((NOBODY, 80))


@check("no way")
def _():
    return errno.errorcode[socket.socket().connect_ex(("192.0.2.1", 80))]


@check("edges")
def _():
    with tcp() as s:
        s.setblocking(False)
        poll = select.epoll()
        poll.register(s, select.EPOLLIN | select.EPOLLET)
        seen = []
        for text in (b"one", b"two"):
            s.send(text)
            seen.append([e for _, e in poll.poll(3)])
            seen.append(len(poll.poll(0.05)))
            seen.append(s.recv(100))
        return seen


@check("peek, truncate, wait for all")
def _():
    with tcp() as s:
        s.sendall(b"abcdefgh")
        exactly_there = s.recv(8, socket.MSG_PEEK | socket.MSG_WAITALL)
        dropped = s.recv(2, socket.MSG_TRUNC)
        return len(exactly_there), len(dropped), s.recv(6, socket.MSG_WAITALL)


@check("a receive that times out")
def _():
    with tcp() as s:
        s.setblocking(True)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 50000))
        begin = time.monotonic()
        try:
            s.recv(1)
        except BlockingIOError:
            return 0.04 < time.monotonic() - begin < 1


@check("half close and end")
def _():
    with tcp() as s:
        s.sendall(b"last words")
        s.shutdown(socket.SHUT_WR)
        return exactly(s, 100), s.recv(1), select.select([s], [], [], 0)[0] == [s]


@check("reset")
def _():
    with tcp() as s:
        s.sendall(b"reset")
        time.sleep(0.2)
        mask = select.poll()
        mask.register(s, select.POLLIN | select.POLLOUT | select.POLLRDHUP)
        events = mask.poll(0)[0][1]
        try:
            s.recv(1)
        except ConnectionResetError:
            return events, s.recv(1)


@check("sendfile and splice")
def _():
    with tempfile.TemporaryFile() as file, tcp() as s:
        data = os.urandom(300000)
        file.write(data)
        file.flush()
        sent = 0
        got = b""
        s.setblocking(True)
        while sent < len(data):
            n = os.sendfile(s.fileno(), file.fileno(), sent, 65536)
            sent += n
            got += exactly(s, n)
        reader, writer = os.pipe()
        os.write(writer, b"through a pipe")
        moved = os.splice(reader, s.fileno(), 100)
        exactly_back = s.recv(100, socket.MSG_PEEK)
        back = os.splice(s.fileno(), writer, 100)
        return got == data, moved, exactly_back, back, os.read(reader, 100)


@check("vectors")
def _():
    with tcp() as s:
        n = s.sendmsg([b"ab", b"", b"cde"])
        first, second = bytearray(2), bytearray(10)
        time.sleep(0.1)
        count, control, flags, name = s.recvmsg_into([first, second])
        return n, count, bytes(first), bytes(second[:3]), control, flags, name


@check("options")
def _():
    with tcp() as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 77)
        s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0x10)
        return [
            s.getsockopt(*o)
            for o in ((6, 1), (1, 9), (6, 4), (0, 1), (1, 3), (1, 38), (1, 39), (1, 30), (6, 2), (6, 23))
        ] + [s.getsockopt(6, 11, 4)[0], s.getsockopt(6, 13, 16)]


@check("two listeners on one port")
def _():
    listeners = []
    for _ in range(2):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        s.bind((HERE, 7070))
        s.listen()
        listeners.append(s)
    taken = socket.socket().bind
    try:
        taken((HERE, 7070))
        other = "bound"
    except OSError as error:
        other = errno.errorcode[error.errno]
    clients = [socket.create_connection((HERE, 7070)) for _ in range(20)]
    accepted = 0
    for s in listeners:
        s.setblocking(False)
        try:
            while s.accept():
                accepted += 1
        except BlockingIOError:
            pass
    return accepted, other, len(clients)


@check("where a datagram came to")
def _():
    with udp(socket.AF_INET6) as s:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        s.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
        s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
        s.bind(("::", 0))
        seen = []
        for there in (THERE6, f"::ffff:{THERE}"):
            s.sendto(b"hello", (there, 7000))
            data, control, flags, peer = s.recvmsg(100, 1000)
            items = sorted((level, kind, len(value)) for level, kind, value in control)
            own = [value[:16].hex() for level, kind, value in control if level == socket.IPPROTO_IPV6]
            seen += [data, items, own, flags, peer[:2]]
        return seen


@check("from where a datagram goes")
def _():
    with udp() as s:
        info = struct.pack("i4s4s", 0, socket.inet_aton(HERE), bytes(4))
        s.sendmsg([b"hi"], [(socket.IPPROTO_IP, 8, info)], 0, (THERE, 7000))
        answer = s.recv(100)
        bad = struct.pack("i4s4s", 0, socket.inet_aton("10.9.9.9"), bytes(4))
        try:
            s.sendmsg([b"hi"], [(socket.IPPROTO_IP, 8, bad)], 0, (THERE, 7000))
        except OSError as error:
            return answer, errno.errorcode[error.errno]


@check("an error comes back")
def _():
    with udp() as s:
        s.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        s.sendto(b"anybody?", (THERE, 9))
        time.sleep(0.1)
        poll = select.poll()
        poll.register(s, select.POLLIN)
        events = poll.poll(0)[0][1]
        data, control, flags, peer = s.recvmsg(100, 1000, socket.MSG_ERRQUEUE)
        level, kind, value = control[0]
        return events, data, level, kind, struct.unpack("IBBBB", value[:8]), flags & socket.MSG_ERRQUEUE != 0, peer


@check("sizes of datagrams")
def _():
    with udp() as s:
        s.connect((THERE, 7000))
        seen = [s.send(b""), s.recv(10), s.send(bytes(65507)), len(s.recv(70000))]
        s.send(b"0123456789")
        time.sleep(0.1)
        seen.append(len(s.recv(4, socket.MSG_TRUNC | socket.MSG_PEEK)))
        seen.append(s.recvmsg(4)[2])
        try:
            s.send(bytes(65508))
        except OSError as error:
            seen.append(errno.errorcode[error.errno])
        return seen


@check("a group")
def _():
    with udp() as receiver, udp() as sender:
        receiver.bind(("", 7077))
        receiver.setsockopt(
            socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.7.7.7") + socket.inet_aton(HERE)
        )
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(HERE))
        sender.sendto(b"everybody", ("239.7.7.7", 7077))
        return receiver.recvfrom(100)[0]


@check("a device")
def _():
    with udp() as s, udp() as other:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
        s.sendto(b"there", (THERE, 7000))
        answer = s.recv(100)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
        try:
            other.sendto(b"not there", (THERE, 7000))
        except OSError as error:
            return answer, errno.errorcode[error.errno], other.getsockopt(1, 25, 16)


@check("addresses that are not ours, and taken ones")
def _():
    seen = []
    for address in (("10.77.0.1", 0), ("fd77::1", 0, 0, 0)):
        try:
            socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET).bind(address)
        except OSError as error:
            seen.append(errno.errorcode[error.errno])
    with socket.create_server((HERE, 7071)):
        try:
            socket.socket().bind((HERE, 7071))
        except OSError as error:
            seen.append(errno.errorcode[error.errno])
    return seen


@check("interfaces")
def _():
    files = ["address", "flags", "ifindex", "mtu", "operstate", "statistics/tx_errors", "type"]
    shown = [[open(f"/sys/class/net/{name}/{f}").read() for f in files] for _, name in socket.if_nameindex()]
    return socket.if_nameindex(), [line.split(":")[0].strip() for line in open("/proc/net/dev")][2:], shown
