/** Writing netlink messages (netlink(7)): a header, a fixed part, attributes. */

import * as nl from '../../abi/netlink.js';

/** @returns `len` rounded up as NLMSG_ALIGN does */
function align(len: number): number {
  return (len + 3) & ~3;
}

export class NetlinkMessage {
  private readonly parts: Buffer[] = [];

  constructor(
    readonly type: number,
    readonly flags: number,
    fixed: Buffer,
  ) {
    this.parts.push(padded(fixed));
  }

  /** An attribute with its bytes, a 32-bit number, or a string, which gets its NUL. */
  attr(type: number, value: Buffer | number | string): this {
    const data =
      typeof value === 'number' ? u32(value) : Buffer.from(typeof value === 'string' ? `${value}\0` : value);
    const head = Buffer.alloc(4);
    head.writeUInt16LE(4 + data.length, 0);
    head.writeUInt16LE(type, 2);
    this.parts.push(padded(Buffer.concat([head, data])));
    return this;
  }

  /** @param seq of the request @param pid port of who asked */
  encode(seq: number, pid: number): Buffer {
    const head = Buffer.alloc(nl.NLMSGHDR_SIZE);
    const body = Buffer.concat(this.parts);
    head.writeUInt32LE(nl.NLMSGHDR_SIZE + body.length, 0);
    head.writeUInt16LE(this.type, 4);
    head.writeUInt16LE(this.flags, 6);
    head.writeUInt32LE(seq, 8);
    head.writeUInt32LE(pid, 12);
    return Buffer.concat([head, body]);
  }
}

function padded(data: Buffer): Buffer {
  return data.length % 4 === 0 ? data : Buffer.concat([data, Buffer.alloc(align(data.length) - data.length)]);
}

export function u32(value: number): Buffer {
  const b = Buffer.alloc(4);
  b.writeUInt32LE(value >>> 0);
  return b;
}

/** A request as it came: its header and what follows it. */
export interface Request {
  readonly type: number;
  readonly flags: number;
  readonly seq: number;
  readonly body: Buffer;
  /** Header and body, for the answer that quotes them. */
  readonly whole: Buffer;
}

/** Takes requests out of what was sent; what is malformed ends the list, as on Linux. */
export function* requests(data: Buffer): Generator<Request> {
  for (let off = 0; off + nl.NLMSGHDR_SIZE <= data.length; ) {
    const len = data.readUInt32LE(off);
    if (len < nl.NLMSGHDR_SIZE || len > data.length - off) return;
    const whole = data.subarray(off, off + len);
    yield {
      type: whole.readUInt16LE(4),
      flags: whole.readUInt16LE(6),
      seq: whole.readUInt32LE(8),
      body: whole.subarray(nl.NLMSGHDR_SIZE),
      whole,
    };
    off += align(len);
  }
}

/** NLMSG_ERROR: the answer to a request that failed, or (0) that was done. @param error -errno or 0 */
export function errorMessage(request: Request, error: number): NetlinkMessage {
  const quoted = error === 0 ? request.whole.subarray(0, nl.NLMSGHDR_SIZE) : request.whole;
  const code = Buffer.alloc(4);
  code.writeInt32LE(error);
  return new NetlinkMessage(nl.NLMSG_ERROR, error === 0 ? nl.NLM_F_CAPPED : 0, Buffer.concat([code, quoted]));
}
