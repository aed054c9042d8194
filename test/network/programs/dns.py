"""dns.py ADDRESS ZONE: a name server over UDP and TCP for the records in ZONE, which is JSON: {"name": {"A": ["192.0.2.1"], ...}}. Says
"ready", and then one line for each question. An address list of more than 1232 bytes is truncated over UDP. Types of its own: RAW
(hexadecimal bytes in place of all after the question), DROP (how many questions get no answer), FORGE (addresses in answers with
another id, sent first), TTL."""

import json
import socket
import struct
import sys
import threading

TYPES = {"A": 1, "CNAME": 5, "TXT": 16, "AAAA": 28}
address, zone = sys.argv[1], json.loads(sys.argv[2])


def wire(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def record(name, kind, value, ttl):
    if kind == "A":
        data = socket.inet_pton(socket.AF_INET, value)
    elif kind == "AAAA":
        data = socket.inet_pton(socket.AF_INET6, value)
    elif kind == "TXT":
        data = bytes([len(value)]) + value.encode()
    else:
        data = wire(value)
    return wire(name) + struct.pack("!HHIH", TYPES[kind], 1, ttl, len(data)) + data


def answers(name, wanted):
    entry = zone.get(name)
    found = []
    while entry is not None:
        ttl = entry.get("TTL", 60)
        for kind in ("A", "AAAA", "TXT"):
            if TYPES[kind] == wanted:
                found += [record(name, kind, value, ttl) for value in entry.get(kind, [])]
        if "CNAME" not in entry:
            break
        found.append(record(name, "CNAME", entry["CNAME"], ttl))
        name = entry["CNAME"]
        entry = zone.get(name)
    return found


def answer(query, stream):
    """Everything that is sent back, one after the other."""
    end = query.index(b"\0", 12) + 5
    labels, at = [], 12
    while query[at] != 0:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("latin1"))
        at += query[at] + 1
    name = ".".join(labels).lower()
    wanted = struct.unpack("!H", query[end - 4 : end - 2])[0]
    print("question", name, wanted, "tcp" if stream else "udp", flush=True)
    entry = zone.get("silent.test" if name.endswith(".silent.test") else name, {})
    if entry.get("DROP", 0) > 0:
        entry["DROP"] -= 1
        return []
    head, question = query[:2], query[12:end]
    if "RAW" in entry:
        return [head + bytes.fromhex("818000010001" + "00000000") + question + bytes.fromhex(entry["RAW"])]
    forged = [record(name, "A", value, 60) for value in entry.get("FORGE", [])]
    found = answers(name, wanted)
    body = b"".join(found)
    rcode = 0 if name in zone else 3
    cut = not stream and len(body) > 1232 - 40
    flags = 0x8180 | rcode | (0x0200 if cut else 0)
    good = head + struct.pack("!HHHHH", flags, 1, 0 if cut else len(found), 0, 0) + question + (b"" if cut else body)
    other = bytes([head[0] ^ 1, head[1]])
    bad = [other + struct.pack("!HHHHH", 0x8180, 1, len(forged), 0, 0) + question + b"".join(forged)] if forged else []
    return bad + [good]


def over_tcp(connection):
    with connection, connection.makefile("rb") as stream:
        while len(length := stream.read(2)) == 2:
            for message in answer(stream.read(struct.unpack("!H", length)[0]), True):
                connection.sendall(struct.pack("!H", len(message)) + message)


def listen(server):
    while True:
        threading.Thread(target=over_tcp, args=(server.accept()[0],), daemon=True).start()


family = socket.AF_INET6 if ":" in address else socket.AF_INET
with socket.create_server((address, 53), family=family) as tcp, socket.socket(family, socket.SOCK_DGRAM) as udp:
    udp.bind((address, 53))
    threading.Thread(target=listen, args=(tcp,), daemon=True).start()
    print("ready", flush=True)
    while True:
        query, peer = udp.recvfrom(65536)
        for message in answer(query, False):
            udp.sendto(message, peer)
