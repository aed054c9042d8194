/** Netlink messages (netlink(7)): a header, a fixed part, attributes; in both directions. */

import * as nl from '../../abi/netlink.js';

/** @returns `len` rounded up as NLMSG_ALIGN does */
function align(len: number): number {
  return (len + 3) & ~3;
}

function padded(data: Buffer): Buffer {
  return data.length % 4 === 0 ? data : Buffer.concat([data, Buffer.alloc(align(data.length) - data.length)]);
}

export function u32(value: number): Buffer {
  const b = Buffer.alloc(4);
  b.writeUInt32LE(value >>> 0);
  return b;
}

/** An attribute with its bytes, a 32-bit number, or a string, which gets its NUL. */
export function attribute(type: number, value: Buffer | number | string): Buffer {
  const data =
    typeof value === 'number' ? u32(value) : Buffer.from(typeof value === 'string' ? `${value}\0` : value);
  const head = Buffer.alloc(nl.NLA_HDRLEN);
  head.writeUInt16LE(nl.NLA_HDRLEN + data.length, 0);
  head.writeUInt16LE(type, 2);
  return padded(Buffer.concat([head, data]));
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

  /** Appends an attribute (`attribute`). */
  attr(type: number, value: Buffer | number | string): this {
    this.parts.push(attribute(type, value));
    return this;
  }

  /** Appends an address, latin1 bytes. */
  address(type: number, ip: string): this {
    return this.attr(type, Buffer.from(ip, 'latin1'));
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

/** Attributes of a request by type; of two with one type the later counts. */
export type Attributes = ReadonlyMap<number, Buffer>;

/** Reads attributes as far as they are well-formed. @param whole is set to false if something was left over */
function readAttributes(data: Buffer): { attributes: Map<number, Buffer>; whole: boolean } {
  const attributes = new Map<number, Buffer>();
  let off = 0;
  while (off + nl.NLA_HDRLEN <= data.length) {
    const len = data.readUInt16LE(off);
    if (len < nl.NLA_HDRLEN || len > data.length - off) break;
    attributes.set(
      data.readUInt16LE(off + 2) & nl.NLA_TYPE_MASK,
      data.subarray(off + nl.NLA_HDRLEN, off + len),
    );
    off += align(len);
  }
  return { attributes, whole: off >= data.length };
}

/** The attributes after a request's fixed part. */
export function attributesOf(request: Request, fixed: number): Attributes {
  return readAttributes(request.body.subarray(align(fixed))).attributes;
}
/** The same for a sender that wants strict checks. @returns undefined if something is left that is no attribute */
export function strictAttributesOf(request: Request, fixed: number): Attributes | undefined {
  const { attributes, whole } = readAttributes(request.body.subarray(align(fixed)));
  return whole ? attributes : undefined;
}
/** The attributes inside an attribute. */
export function nestedAttributes(data: Buffer): Attributes {
  return readAttributes(data).attributes;
}

/** The 32 bits of an attribute; undefined when there is none or it is too short. */
export function u32Of(attributes: Attributes, type: number): number | undefined {
  const data = attributes.get(type);
  return data === undefined || data.length < 4 ? undefined : data.readUInt32LE(0);
}

/** The string in an attribute, without its NUL. */
export function stringOf(attributes: Attributes, type: number): string | undefined {
  return attributes.get(type)?.toString('latin1').split('\0')[0];
}

/** Why a request is refused, for those who have asked for more than a number (NETLINK_EXT_ACK). */
export interface Refusal {
  /** -errno */
  readonly error: number;
  readonly message: string;
  /** Offset of the attribute at fault in the request; undefined: none. */
  readonly offset?: number;
}

/** How much an NLMSG_ERROR tells (NETLINK_CAP_ACK, NETLINK_EXT_ACK). */
export interface AckStyle {
  readonly capped: boolean;
  readonly extended: boolean;
}

function refusalAttributes({ message, offset }: Refusal): Buffer {
  const text = attribute(nl.NLMSGERR_ATTR_MSG, message);
  return offset === undefined ? text : Buffer.concat([text, attribute(nl.NLMSGERR_ATTR_OFFS, offset)]);
}

/** NLMSG_ERROR: the answer to a request that failed, or (0) that was done. @param result -errno, 0, or the reason */
export function errorMessage(request: Request, result: number | Refusal, style: AckStyle): NetlinkMessage {
  const error = typeof result === 'number' ? result : result.error;
  const capped = error === 0 || style.capped;
  const quoted = capped ? request.whole.subarray(0, nl.NLMSGHDR_SIZE) : request.whole;
  const code = Buffer.alloc(4);
  code.writeInt32LE(error);
  const parts = [code, padded(quoted)];
  let flags = capped ? nl.NLM_F_CAPPED : 0;
  if (typeof result !== 'number' && style.extended) {
    flags |= nl.NLM_F_ACK_TLVS;
    parts.push(refusalAttributes(result));
  }
  return new NetlinkMessage(nl.NLMSG_ERROR, flags, Buffer.concat(parts));
}

/** NLMSG_DONE: the end of a dump. @param result 0, or what went wrong on the way */
export function doneMessage(result: number | Refusal, style: AckStyle): NetlinkMessage {
  const code = Buffer.alloc(4);
  code.writeInt32LE(typeof result === 'number' ? result : result.error);
  if (typeof result === 'number' || !style.extended) {
    return new NetlinkMessage(nl.NLMSG_DONE, nl.NLM_F_MULTI, code);
  }
  const flags = nl.NLM_F_MULTI | nl.NLM_F_ACK_TLVS;
  return new NetlinkMessage(nl.NLMSG_DONE, flags, Buffer.concat([code, refusalAttributes(result)]));
}
