/** The rows of /proc/net/tcp, tcp6, udp and udp6 (proc(5)). */

import { TCP_CLOSE, TCP_ESTABLISHED, TCP_LISTEN } from '../../abi/inet.js';
import { AF_INET } from '../../abi/socket.js';
import { setNetTable } from '../../fs/proc/net.js';
import type { Kernel } from '../../kernel/kernel.js';
import { anyOf, type Endpoint, to16 } from './address.js';
import type { InetSocket } from './socket.js';
import type { InetStack } from './stack.js';
import { TimeWait } from './time-wait.js';

/** A row of the IPv4 tables is this long, blanks at its end included. */
const TCP_WIDTH = 149;
const UDP_WIDTH = 127;

function hex(value: number, width: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(width, '0');
}

/** Address and port: 32-bit words as this machine stores them, in hexadecimal. */
function endpoint(family: number, { ip, port }: Endpoint): string {
  const bytes = Buffer.from(family === AF_INET ? ip : to16(ip), 'latin1');
  let text = '';
  for (let i = 0; i < bytes.length; i += 4) text += hex(bytes.readUInt32LE(i), 8);
  return `${text}:${hex(port, 4)}`;
}

/** What all tables begin a row with. */
function row(index: number, width: number, s: InetSocket, state: number, tx: number, rx: number): string {
  const { family } = s;
  const remote = s.remote ?? { ip: anyOf(family), port: 0 };
  return (
    `${String(index).padStart(width)}: ${endpoint(family, s.local)} ${endpoint(family, remote)} ${hex(state, 2)} ` +
    `${hex(tx, 8)}:${hex(rx, 8)} 00:00000000 00000000 ${String(s.uid).padStart(5)} ${'0'.padStart(8)} ${s.inode.ino}`
  );
}

function line(family: number, text: string, width: number): string {
  return `${family === AF_INET ? text.padEnd(width) : text}\n`;
}

/** A connection that is over: nobody's, and its timer is the time that it has left, in hundredths of a second. */
function timeWaitRow(index: number, s: TimeWait, now: number): string {
  const left = Math.max(0, Math.round((s.until - now) / 10));
  return (
    `${String(index).padStart(4)}: ${endpoint(s.family, s.local)} ${endpoint(s.family, s.remote)} ${hex(s.state, 2)} ` +
    `00000000:00000000 03:${hex(left, 8)} 00000000     0        0 0 3 0000000000000000`
  );
}

function tcpRows(stack: InetStack, family: number, now: number): string {
  stack.timeWaits.purge(now);
  let out = '';
  let i = 0;
  for (const s of stack.tcp.all()) {
    // A port alone is no row: the socket has to listen or to be connected.
    if (s.family !== family || s.state === TCP_CLOSE) continue;
    if (s instanceof TimeWait) {
      out += line(family, timeWaitRow(i++, s, now), TCP_WIDTH);
      continue;
    }
    const rx = s.state === TCP_LISTEN ? s.acceptable : s.rx.length;
    out += line(family, `${row(i++, 4, s, s.state, 0, rx)} 1 0000000000000000 100 0 0 10 0`, TCP_WIDTH);
  }
  return out;
}

function udpRows(stack: InetStack, family: number): string {
  let out = '';
  for (const s of stack.udp.all()) {
    if (s.family !== family) continue;
    const state = s.remote === undefined ? TCP_CLOSE : TCP_ESTABLISHED;
    const text = `${row(s.local.port, 5, s, state, 0, s.messages.bytes)} 2 0000000000000000 ${s.drops}`;
    out += line(family, text, UDP_WIDTH);
  }
  return out;
}

/** Gives the tables below /proc/net their rows. */
export function showInNetTables(kernel: Kernel, stack: InetStack, family: number, suffix: string): void {
  setNetTable(kernel, `tcp${suffix}`, () => tcpRows(stack, family, kernel.now()));
  setNetTable(kernel, `udp${suffix}`, () => udpRows(stack, family));
}
