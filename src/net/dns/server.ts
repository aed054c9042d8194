/** The resolver's own sockets on the sandbox's loopback device: questions of guests come in over UDP and TCP (RFC 7766). */

import { EAGAIN } from '../../abi/errno.js';
import { O_NONBLOCK } from '../../abi/fcntl.js';
import { AF_INET, MSG_DONTWAIT } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import { BufferSink, BufferSource } from '../../kernel/useriov.js';
import type { Waiter } from '../../kernel/wait.js';
import { putFile } from '../../vfs/fdtable.js';
import type { Endpoint } from '../inet/address.js';
import { TcpSocket } from '../inet/tcp.js';
import { UdpSocket } from '../inet/udp.js';
import { callerIn } from '../publish/caller.js';
import type { Runnable, Turns } from '../publish/turns.js';
import { emptyMessage, type Socket } from '../socket.js';
import type { Resolver } from './resolver.js';
import { ResolverConnection } from './server-connection.js';

const BACKLOG = 64;
const MAX_CONNECTIONS = 64;
/** Questions or connections in one turn. */
const MOST_IN_TURN = 64;
const MAX_QUERY = 65_535;

/** Sockets whose port is below 1024 whoever the guests are. */
class ServerUdpSocket extends UdpSocket {
  occupy(endpoint: Endpoint): boolean {
    this.addressFixed = this.portFixed = true;
    return this.claim(endpoint);
  }
}
class ServerTcpSocket extends TcpSocket {
  occupy(endpoint: Endpoint): boolean {
    this.addressFixed = this.portFixed = true;
    return this.claim(endpoint);
  }
}

export class DnsServer implements Runnable, Waiter {
  private readonly udp: ServerUdpSocket;
  private readonly tcp: ServerTcpSocket;
  private connections = 0;
  private readonly buffer = new Uint8Array(MAX_QUERY);

  /** @param address where it listens; the ports must be free, as they are before the first guest has made a socket */
  constructor(
    private readonly kernel: Kernel,
    private readonly resolver: Resolver,
    private readonly turns: Turns,
    address: Endpoint,
  ) {
    this.udp = new ServerUdpSocket(kernel, AF_INET, O_NONBLOCK);
    this.tcp = new ServerTcpSocket(kernel, AF_INET, O_NONBLOCK);
    for (const socket of [this.udp, this.tcp]) {
      socket.refs = 1;
      if (!socket.occupy(address)) throw new Error('the port of the resolver is taken');
      socket.queue.add(this);
    }
    this.tcp.listen(callerIn(kernel), BACKLOG);
  }

  wake(): boolean {
    this.turns.add(this);
    return false;
  }

  run(): void {
    const more = [this.receive(), this.accept()];
    if (more.includes(true)) this.turns.later(this);
  }

  /** @returns true if there may be more */
  private receive(): boolean {
    const task = callerIn(this.kernel);
    for (let i = 0; i < MOST_IN_TURN; i++) {
      const out = emptyMessage();
      const n = this.udp.recv(task, new BufferSink(this.buffer), MSG_DONTWAIT, out, (count) => count);
      if (n === -EAGAIN) return false;
      const { from } = out;
      if (typeof n !== 'number' || n < 0 || from === undefined) continue;
      this.resolver.query(this.buffer.slice(0, n), false, (answer) => {
        this.udp.send(callerIn(this.kernel), new BufferSource(answer), { flags: MSG_DONTWAIT, to: from });
      });
    }
    return true;
  }

  private accept(): boolean {
    for (let i = 0; i < MOST_IN_TURN; i++) {
      const r = this.tcp.accept(callerIn(this.kernel), MSG_DONTWAIT, (socket) => {
        this.serve(socket);
        return 0;
      });
      if (r !== 0) return false;
    }
    return true;
  }

  private serve(socket: Socket): void {
    socket.refs++;
    if (this.connections >= MAX_CONNECTIONS) {
      putFile(socket);
      return;
    }
    this.connections++;
    socket.flags |= O_NONBLOCK;
    new ResolverConnection(this.kernel, this.resolver, this.turns, socket, () => {
      this.connections--;
    });
  }
}
