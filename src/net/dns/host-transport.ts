/** The way to the servers outside: sockets of the host, one for each question. */

import { EAGAIN, EALREADY, EINPROGRESS, EISCONN } from '../../abi/errno.js';
import { AF_INET, AF_INET6, SOCK_DGRAM, SOCK_STREAM } from '../../abi/socket.js';
import { BufferSink, BufferSource } from '../../kernel/useriov.js';
import { HostSocket } from '../host/host-socket.js';
import type { HostNetwork } from '../host/network.js';
import { type Endpoint, encodeInetAddress, isV4 } from '../inet/address.js';
import { emptyMessage } from '../socket.js';
import type { DnsTransport, Exchange, ExchangeEvents } from './upstream.js';

const LENGTH_SIZE = 2;
const MAX_MESSAGE = 65_535;
/** Datagrams in one turn. */
const MOST_IN_TURN = 32;

/** Used within one turn only. */
const space = new Uint8Array(LENGTH_SIZE + MAX_MESSAGE);

export class HostTransport implements DnsTransport {
  constructor(private readonly network: HostNetwork) {}

  open(server: Endpoint, stream: boolean, query: Uint8Array, events: ExchangeEvents): Exchange | undefined {
    const family = isV4(server.ip) ? AF_INET : AF_INET6;
    const socket = HostSocket.open(this.network, family, stream ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (typeof socket === 'number') return undefined;
    const address = encodeInetAddress(family, server);
    const r = socket.connect(address);
    const started = stream ? r === 0 || r === -EINPROGRESS : r === 0 && sendAll(socket, query);
    if (!started) {
      socket.close();
      return undefined;
    }
    if (stream) new StreamExchange(socket, address, query, events);
    else socket.watch(() => receiveDatagrams(socket, events));
    return socket;
  }
}

function sendAll(socket: HostSocket, bytes: Uint8Array): boolean {
  return socket.send(new BufferSource(bytes), 0) === bytes.length;
}

function receiveDatagrams(socket: HostSocket, events: ExchangeEvents): void {
  for (let i = 0; i < MOST_IN_TURN && !socket.closed; i++) {
    const n = socket.receive(new BufferSink(space), 0, emptyMessage());
    if (n === -EAGAIN) return;
    if (n < 0) {
      events.failed();
      return;
    }
    events.received(space.slice(0, n));
  }
  // So many answers to one question are no answers.
  if (!socket.closed) events.failed();
}

/** A question over TCP, and the first message that comes back. */
class StreamExchange {
  private unsent: Uint8Array;
  private input: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly socket: HostSocket,
    private readonly address: Uint8Array,
    query: Uint8Array,
    private readonly events: ExchangeEvents,
  ) {
    this.unsent = Buffer.concat([Uint8Array.of(query.length >> 8, query.length & 0xff), query]);
    socket.watch(() => this.changed());
  }

  private changed(): void {
    if (this.socket.closed) return;
    if (this.unsent.length > 0 && !this.send()) return;
    this.receive();
  }

  /** @returns true once all is sent */
  private send(): boolean {
    const r = this.socket.connect(this.address);
    if (r === -EALREADY || r === -EINPROGRESS) return false;
    const n = r === 0 || r === -EISCONN ? this.socket.send(new BufferSource(this.unsent), 0) : r;
    if (n < 0 && n !== -EAGAIN) {
      this.events.failed();
      return false;
    }
    this.unsent = this.unsent.subarray(Math.max(0, n));
    return this.unsent.length === 0;
  }

  private receive(): void {
    for (;;) {
      const n = this.socket.receive(new BufferSink(space), 0, emptyMessage());
      if (n === -EAGAIN) return;
      if (n <= 0) {
        this.events.failed();
        return;
      }
      this.input = Buffer.concat([this.input, space.subarray(0, n)]);
      const [high, low] = this.input;
      if (high === undefined || low === undefined) continue;
      const end = LENGTH_SIZE + ((high << 8) | low);
      if (this.input.length < end) continue;
      this.events.received(this.input.slice(LENGTH_SIZE, end));
      return;
    }
  }
}
