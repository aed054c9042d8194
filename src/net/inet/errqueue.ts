/** Errors with the messages that they are about: IP_RECVERR and MSG_ERRQUEUE (ip(7), net/ipv4/ip_sockglue.c). */

import { EAGAIN, EFAULT } from '../../abi/errno.js';
import * as inet from '../../abi/inet.js';
import { POLLERR } from '../../abi/poll.js';
import { AF_INET, AF_INET6, MSG_ERRQUEUE, MSG_TRUNC } from '../../abi/socket.js';
import type { Sink } from '../../kernel/useriov.js';
import type { WaitQueue } from '../../kernel/wait.js';
import { socketMemory } from '../memory.js';
import type { ControlItem, ReceivedMessage } from '../socket.js';
import { type Endpoint, encodeInetAddress, type Ip } from './address.js';

/** struct sock_extended_err, followed by the address of who found the error. */
const EXTENDED_ERR_SIZE = 16;
/** Bytes of words about MSG_ZEROCOPY that a socket may have waiting. */
const ZEROCOPY_MOST = 65536;
/** What a kept error costs beyond its bytes. */
const OVERHEAD = 768;

export interface QueuedError {
  /** Positive. */
  readonly errno: number;
  /** SO_EE_ORIGIN_*. */
  readonly origin: number;
  readonly type: number;
  readonly code: number;
  readonly info: number;
  readonly data: number;
  /** The beginning of the message. */
  readonly bytes: Uint8Array;
  /** Where the message was sent to; undefined for what is not about a message. */
  readonly to: Endpoint | undefined;
  /** Who says so. */
  readonly offender: Ip | undefined;
}

export class ErrorQueue {
  private readonly items: QueuedError[] = [];
  private charged = 0;

  get empty(): boolean {
    return this.items.length === 0;
  }
  get first(): QueuedError | undefined {
    return this.items[0];
  }
  get last(): QueuedError | undefined {
    return this.items.at(-1);
  }

  /** @param most bytes that the socket may have waiting @returns false when there is no room */
  push(error: QueuedError, most: number): boolean {
    const cost = error.bytes.length + OVERHEAD;
    if (this.charged + cost > most || !socketMemory.charge(cost)) return false;
    this.items.push(error);
    this.charged += cost;
    return true;
  }
  shift(): QueuedError | undefined {
    const error = this.items.shift();
    if (error !== undefined) this.uncharge(error.bytes.length + OVERHEAD);
    return error;
  }
  /** Puts a newer word in the place of the last one, which is of the same size. */
  replaceLast(error: QueuedError): void {
    this.items[this.items.length - 1] = error;
  }
  clear(): void {
    this.items.length = 0;
    this.uncharge(this.charged);
  }
  private uncharge(bytes: number): void {
    this.charged -= bytes;
    socketMemory.release(bytes);
  }
}

/** The ancillary data that says what went wrong. */
export function errorControl(family: number, e: QueuedError): ControlItem {
  const v4 = family === AF_INET;
  const who = encodeInetAddress(v4 ? AF_INET : AF_INET6, { ip: e.offender ?? '', port: 0 });
  const raw = Buffer.alloc(EXTENDED_ERR_SIZE + who.length);
  raw.writeUInt32LE(e.errno, 0);
  raw[4] = e.origin;
  raw[5] = e.type;
  raw[6] = e.code;
  raw.writeUInt32LE(e.info, 8);
  raw.writeUInt32LE(e.data, 12);
  if (e.offender !== undefined) raw.set(who, EXTENDED_ERR_SIZE);
  return v4
    ? { level: inet.IPPROTO_IP, type: inet.IP_RECVERR, data: raw }
    : { level: inet.IPPROTO_IPV6, type: inet.IPV6_RECVERR, data: raw };
}

/** What a socket with such a queue is to `noteCopied`. */
interface Sender {
  readonly errors: ErrorQueue;
  readonly queue: WaitQueue;
  /** Messages sent with MSG_ZEROCOPY so far. */
  zerocopySent: number;
}

/**
 * MSG_ZEROCOPY: the bytes were copied, so the caller may have them back at once, and is told so (SO_ZEROCOPY).
 * @param n the call's result, which is passed on
 */
export function noteCopied(socket: Sender, n: number): number {
  if (n <= 0) return n;
  const { errors } = socket;
  const id = socket.zerocopySent;
  socket.zerocopySent = (id + 1) >>> 0;
  const { last } = errors;
  const word = {
    errno: 0,
    origin: inet.SO_EE_ORIGIN_ZEROCOPY,
    type: 0,
    code: inet.SO_EE_CODE_ZEROCOPY_COPIED,
    info: id,
    data: id,
    bytes: new Uint8Array(0),
    to: undefined,
    offender: undefined,
  };
  // One word tells of a whole range.
  if (last !== undefined && last.origin === word.origin && last.data + 1 === id) {
    errors.replaceLast({ ...last, data: id });
  } else if (errors.push(word, ZEROCOPY_MOST)) socket.queue.wake(POLLERR);
  return n;
}

/** recvmsg(MSG_ERRQUEUE): the oldest error; it never waits. @returns bytes of the message, -EAGAIN or -EFAULT */
export function receiveError(
  queue: ErrorQueue,
  family: number,
  sink: Sink,
  out: ReceivedMessage,
  finish: (n: number) => number,
): number {
  const error = queue.shift();
  if (error === undefined) return -EAGAIN;
  const { bytes } = error;
  const want = Math.min(bytes.length, sink.remaining);
  const n = want === 0 ? 0 : sink.put(bytes, 0, want);
  if (n < 0) return -EFAULT;
  out.flags |= MSG_ERRQUEUE | (n < bytes.length ? MSG_TRUNC : 0);
  if (error.to !== undefined) out.from = encodeInetAddress(family, error.to);
  out.control = [errorControl(family, error)];
  return finish(n);
}
