/**
 * Raw sockets of ICMP in the host's network, for ping(8) of those who may have them: echo requests go out and their replies come in
 * through a ping socket of the host, so the sentry never sees other packets and needs no capability. icmp(7), raw(7).
 */

import { EAGAIN, EFAULT, EINVAL, EMSGSIZE, EPERM } from '../../abi/errno.js';
import * as inet from '../../abi/inet.js';
import { CAP_NET_RAW } from '../../abi/sched.js';
import { AF_INET, MSG_ERRQUEUE, MSG_TRUNC, SOCK_DGRAM, SOCK_RAW } from '../../abi/socket.js';
import { capable } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import { BufferSink, BufferSource, type Sink, type Source } from '../../kernel/useriov.js';
import type { SyscallResult } from '../../kernel/wait.js';
import { checksum } from '../inet/icmp.js';
import { intBytes } from '../inet/socket.js';
import type { ControlItem, ReceivedMessage, SendMessage } from '../socket.js';
import { HostSocket } from './host-socket.js';
import type { HostNetwork } from './network.js';
import { HostInetSocket } from './socket.js';

const ICMP_HEADER = 8;
const IP_HEADER = 20;
const MAX_MESSAGE = 65507;
/** Where the identifier is that belongs to the socket of who asks. */
const ID = 4;
/** Types of echo requests and replies. */
const V4 = { request: 8, reply: 0 };
const V6 = { request: 128, reply: 129 };

/** What is read off the host; nobody keeps it. */
const space = new Uint8Array(1 << 16);

/** Puts another identifier into a message, whose checksum stays right (RFC 1624). */
function setId(message: Uint8Array, id: number): void {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  let sum = (~view.getUint16(2) & 0xffff) + (~view.getUint16(ID) & 0xffff) + id;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(2, ~sum & 0xffff);
  view.setUint16(ID, id);
}

export class HostRawIcmpSocket extends HostInetSocket {
  /** The identifier of the guest's requests; the host's socket has one of its own. */
  private id = 0;
  /** Whether replies are not wanted (ICMP_FILTER, ICMP6_FILTER). */
  private filtered = false;
  /** Types of IPPROTO_IP's control messages that the guest has asked for. */
  private readonly asked = new Set<number>();

  /** @returns -EPERM without CAP_NET_RAW, or where the host allows no ping sockets */
  static open(task: Task, network: HostNetwork, family: number, flags: number): HostRawIcmpSocket | number {
    if (!capable(task.cred, CAP_NET_RAW)) return -EPERM;
    const protocol = family === AF_INET ? inet.IPPROTO_ICMP : inet.IPPROTO_ICMPV6;
    const host = HostSocket.open(network, family, SOCK_DGRAM, protocol);
    if (typeof host === 'number') return -EPERM;
    // The header that the guest gets is made of these.
    if (family === AF_INET) {
      for (const option of [inet.IP_RECVTTL, inet.IP_PKTINFO])
        host.setOption(inet.IPPROTO_IP, option, intBytes(1));
    }
    return new HostRawIcmpSocket(network, host, task.kernel, family, SOCK_RAW, protocol, flags, task.cred);
  }

  private get types(): typeof V4 {
    return this.family === AF_INET ? V4 : V6;
  }

  /** What is no echo request is EPERM. */
  override send(task: Task, source: Source, message: SendMessage): SyscallResult {
    if (source.remaining > MAX_MESSAGE) return -EMSGSIZE;
    const data = new Uint8Array(source.remaining);
    const n = data.length === 0 ? 0 : source.take(data, 0, data.length);
    if (n < data.length) return n < 0 ? n : -EFAULT;
    if (data.length < ICMP_HEADER) return -EINVAL;
    if (data[0] !== this.types.request || data[1] !== 0) return -EPERM;
    this.id = ((data[ID] as number) << 8) | (data[ID + 1] as number);
    return super.send(task, new BufferSource(data), message);
  }

  protected override receiveNow(sink: Sink, flags: number, out: ReceivedMessage): number {
    if ((flags & MSG_ERRQUEUE) !== 0) return super.receiveNow(sink, flags, out);
    const n = super.receiveNow(new BufferSink(space), flags & ~MSG_TRUNC, out);
    if (n < 0) return n;
    if (this.filtered || n < ICMP_HEADER) return -EAGAIN;
    const data = space.slice(0, n);
    setId(data, this.id);
    const packet = this.family === AF_INET ? Buffer.concat([this.header(n, out), data]) : data;
    out.control = out.control?.filter(({ level, type }) => level !== inet.IPPROTO_IP || this.asked.has(type));
    const copy = Math.min(packet.length, sink.remaining);
    const put = copy === 0 ? 0 : sink.put(packet, 0, copy);
    if (put < 0) return put;
    if (copy < packet.length) out.flags |= MSG_TRUNC;
    return (flags & MSG_TRUNC) !== 0 ? packet.length : copy;
  }

  /** The IPv4 header of a reply, as far as the host tells of it. */
  private header(length: number, { from, control }: ReceivedMessage): Buffer {
    const item = (wanted: number): ControlItem | undefined =>
      control?.find(({ level, type }) => level === inet.IPPROTO_IP && type === wanted);
    const raw = Buffer.alloc(IP_HEADER);
    raw[0] = 0x45;
    raw.writeUInt16BE(IP_HEADER + length, 2);
    raw[8] = item(inet.IP_TTL)?.data[0] ?? 0;
    raw[9] = inet.IPPROTO_ICMP;
    // struct sockaddr_in and in_pktinfo: the address is after family and port, and after index and local address.
    if (from !== undefined) raw.set(from.subarray(4, 8), 12);
    raw.set(item(inet.IP_PKTINFO)?.data.subarray(8, 12) ?? [], 16);
    raw.writeUInt16BE(checksum(raw), 10);
    return raw;
  }

  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    const filters = level === (this.family === AF_INET ? inet.SOL_RAW : inet.IPPROTO_ICMPV6);
    if (filters && name === inet.ICMP_FILTER) {
      const { reply } = this.types;
      if (value.length <= reply >> 3) return -EINVAL;
      // Words of 32 bits with the least byte first: bytes in order.
      this.filtered = ((value[reply >> 3] as number) & (1 << (reply & 7))) !== 0;
      return 0;
    }
    const shown = level === inet.IPPROTO_IP && this.family === AF_INET;
    const cmsg = name === inet.IP_RECVTTL ? inet.IP_TTL : name === inet.IP_PKTINFO ? name : undefined;
    if (!shown || cmsg === undefined) return super.setOption(task, level, name, value);
    if (value.some((byte) => byte !== 0)) this.asked.add(cmsg);
    else this.asked.delete(cmsg);
    return 0;
  }
}
