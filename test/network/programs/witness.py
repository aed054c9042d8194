"""witness.py PORT...: listens on each port over TCP and UDP, at every address, says "ready", and then one line for everybody who
comes: "tcp ADDRESS PORT" or "udp ADDRESS PORT", with the address that was called. A request for /to/URL is redirected to that URL;
every other one, and every datagram, is answered with the address that was called."""

import http.server
import socket
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        address, port = called(self.connection)
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path[4:])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = f"{address} {port}\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    request_queue_size = 128

    def handle_error(self, *_):
        """Who comes and goes without a word is no error."""

    def verify_request(self, request, _):
        print("tcp", *called(request), flush=True)
        return True


def called(connection):
    address, port = connection.getsockname()[:2]
    return plain(address), port


def plain(address):
    return address.removeprefix("::ffff:").split("%")[0]


def datagrams(port):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        server.bind(("::", port))
        while True:
            data, control, _, peer = server.recvmsg(65536, 1024)
            address = socket.inet_ntop(socket.AF_INET6, control[0][2][:16])
            print("udp", plain(address), port, flush=True)
            # From the address that was called, or the other side would not take it.
            server.sendmsg([f"{plain(address)} {port}\n".encode()], control[:1], 0, peer)


for port in map(int, sys.argv[1:]):
    threading.Thread(target=Server(("::", port), Handler).serve_forever, daemon=True).start()
    threading.Thread(target=datagrams, args=(port,), daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
