/** DNS messages (RFC 1035 section 4, RFC 6891 for EDNS): decoded with every length checked, encoded within a size. */

import { type DnsName, readName, wireName } from './name.js';

export const TYPE_A = 1;
export const TYPE_CNAME = 5;
export const TYPE_SOA = 6;
export const TYPE_AAAA = 28;
export const TYPE_OPT = 41;
export const TYPE_IXFR = 251;
export const TYPE_AXFR = 252;
export const TYPE_ANY = 255;
export const CLASS_IN = 1;

export const NOERROR = 0;
export const FORMERR = 1;
export const SERVFAIL = 2;
export const NXDOMAIN = 3;
export const NOTIMP = 4;
export const REFUSED = 5;

export const HEADER_SIZE = 12;
/** The longest message over UDP without EDNS. */
export const PLAIN_UDP_SIZE = 512;
const MAX_MESSAGE = 65_535;
const MAX_TTL = 0x7fff_ffff;
/** Records of a message; no honest answer has as many, no honest query more than one or two. */
const MAX_RECORDS = 500;
const MAX_QUERY_RECORDS = 8;

const QR = 0x8000;
const AA = 0x0400;
const TC = 0x0200;
const RD = 0x0100;
const RA = 0x0080;

/** EDNS option: why an answer is what it is (RFC 8914). */
const EDE_OPTION = 15;

export interface Question {
  readonly name: DnsName;
  readonly type: number;
  readonly class: number;
}

export interface DnsRecord {
  readonly name: DnsName;
  readonly type: number;
  readonly class: number;
  /** Seconds; 0 where the sign bit was set (RFC 2181 section 8). */
  readonly ttl: number;
  /** With the names in it written out. */
  readonly data: Uint8Array;
}

/** What EDNS adds. */
export interface Edns {
  /** Most bytes of an answer over UDP. */
  readonly size: number;
  /** Upper bits of the response code already in their place, without the lower four. */
  readonly rcode: number;
  readonly version: number;
}

export interface Message {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  /** With the bits of EDNS. */
  readonly rcode: number;
  readonly questions: readonly Question[];
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly edns: Edns | undefined;
}

/**
 * Types whose data has names that may be compressed (RFC 3597 section 4): bytes before the first, and how many names there are.
 * What follows them is copied.
 */
const NAMES_IN_DATA = new Map<number, readonly [before: number, names: number]>([
  [2, [0, 1]], // NS
  [3, [0, 1]], // MD
  [4, [0, 1]], // MF
  [TYPE_CNAME, [0, 1]],
  [TYPE_SOA, [0, 2]],
  [7, [0, 1]], // MB
  [8, [0, 1]], // MG
  [9, [0, 1]], // MR
  [12, [0, 1]], // PTR
  [14, [0, 2]], // MINFO
  [15, [2, 1]], // MX
  [17, [0, 2]], // RP
  [18, [2, 1]], // AFSDB
  [21, [2, 1]], // RT
  [26, [2, 2]], // PX
  [33, [6, 1]], // SRV
  [36, [2, 1]], // KX
  [39, [0, 1]], // DNAME
]);

/** Length of the data of types of which every record has the same. */
const FIXED_DATA = new Map([
  [TYPE_A, 4],
  [TYPE_AAAA, 16],
]);

/** The data of a record with its names written out; undefined if it is malformed. */
function readData(message: Uint8Array, at: number, end: number, type: number): Uint8Array | undefined {
  const fixed = FIXED_DATA.get(type);
  if (fixed !== undefined && end - at !== fixed) return undefined;
  const layout = NAMES_IN_DATA.get(type);
  if (layout === undefined) return message.slice(at, end);
  const [before, names] = layout;
  const parts = [message.subarray(at, at + before)];
  let pos = at + before;
  for (let i = 0; i < names; i++) {
    const found = pos < end ? readName(message, pos) : undefined;
    if (found === undefined || found.end > end) return undefined;
    parts.push(wireName(found.name));
    pos = found.end;
  }
  parts.push(message.subarray(pos, end));
  return Buffer.concat(parts);
}

class Reader {
  private pos = HEADER_SIZE;
  private readonly view: DataView;

  constructor(private readonly message: Uint8Array) {
    this.view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  }

  question(): Question | undefined {
    const found = readName(this.message, this.pos);
    if (found === undefined || found.end + 4 > this.message.length) return undefined;
    this.pos = found.end + 4;
    return {
      name: found.name,
      type: this.view.getUint16(found.end),
      class: this.view.getUint16(found.end + 2),
    };
  }

  record(): DnsRecord | undefined {
    const found = readName(this.message, this.pos);
    if (found === undefined) return undefined;
    const at = found.end;
    if (at + 10 > this.message.length) return undefined;
    const start = at + 10;
    const end = start + this.view.getUint16(at + 8);
    if (end > this.message.length) return undefined;
    const type = this.view.getUint16(at);
    const data = readData(this.message, start, end, type);
    if (data === undefined) return undefined;
    this.pos = end;
    const ttl = this.view.getUint32(at + 4);
    const honest = type === TYPE_OPT || ttl <= MAX_TTL;
    return { name: found.name, type, class: this.view.getUint16(at + 2), ttl: honest ? ttl : 0, data };
  }

  /** `count` of what `read` reads; undefined if one of them is malformed. */
  all<T>(count: number, read: () => T | undefined): T[] | undefined {
    const found: T[] = [];
    for (let i = 0; i < count; i++) {
      const one = read();
      if (one === undefined) return undefined;
      found.push(one);
    }
    return found;
  }
}

/** The EDNS that the additional records have; of several OPT records none counts. */
function readEdns(additional: readonly DnsRecord[]): Edns | undefined | 'malformed' {
  const [opt, ...more] = additional.filter((record) => record.type === TYPE_OPT);
  if (opt === undefined) return undefined;
  if (more.length > 0 || opt.name !== '') return 'malformed';
  return { size: opt.class, rcode: (opt.ttl >>> 24) << 4, version: (opt.ttl >>> 16) & 0xff };
}

/** Decodes a whole message. @returns undefined if anything in it is malformed, or there is too much of it */
export function decodeMessage(message: Uint8Array): Message | undefined {
  if (message.length < HEADER_SIZE || message.length > MAX_MESSAGE) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const flags = view.getUint16(2);
  const response = (flags & QR) !== 0;
  const [asked = 0, answered = 0, referred = 0, added = 0] = [4, 6, 8, 10].map((at) => view.getUint16(at));
  if (asked > 1 || answered + referred + added > (response ? MAX_RECORDS : MAX_QUERY_RECORDS))
    return undefined;
  const reader = new Reader(message);
  const record = (): DnsRecord | undefined => reader.record();
  const questions = reader.all(asked, () => reader.question());
  const answers = questions && reader.all(answered, record);
  const authority = answers && reader.all(referred, record);
  const additional = authority && reader.all(added, record);
  if (additional === undefined) return undefined;
  const edns = readEdns(additional);
  if (edns === 'malformed') return undefined;
  return {
    id: view.getUint16(0),
    response,
    opcode: (flags >> 11) & 0xf,
    truncated: (flags & TC) !== 0,
    recursionDesired: (flags & RD) !== 0,
    rcode: (flags & 0xf) | (edns?.rcode ?? 0),
    questions: questions ?? [],
    answers: answers ?? [],
    authority: authority ?? [],
    edns,
  };
}

/** Bytes one after the other, with the names seen before pointed to. */
class Writer {
  private readonly parts: Uint8Array[] = [];
  private readonly names = new Map<string, number>();
  length = HEADER_SIZE;

  bytes(part: Uint8Array): void {
    this.parts.push(part);
    this.length += part.length;
  }
  words(...words: number[]): void {
    this.bytes(Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff])));
  }
  name(name: DnsName): void {
    const before = name === '' ? undefined : this.names.get(name);
    if (before !== undefined) {
      this.words((POINTER_BITS << 8) | before);
      return;
    }
    if (this.length < 0x4000) this.names.set(name, this.length);
    this.bytes(wireName(name));
  }
  question(question: Question): void {
    this.name(question.name);
    this.words(question.type, question.class);
  }
  record({ name, type, class: cls, ttl, data }: DnsRecord): void {
    this.name(name);
    this.words(type, cls, ttl >>> 16, ttl & 0xffff, data.length);
    this.bytes(data);
  }
  finish(header: readonly number[]): Uint8Array {
    return Buffer.concat([
      Uint8Array.from(header.flatMap((word) => [word >> 8, word & 0xff])),
      ...this.parts,
    ]);
  }
}

const POINTER_BITS = 0xc0;
/** What an OPT record takes, with the option that says why. */
const OPT_SIZE = 11 + 6;

/** The OPT record with `size`, and the reason `ede` if there is one. */
function optRecord(size: number, ede: number | undefined): DnsRecord {
  const data = ede === undefined ? [] : [0, EDE_OPTION, 0, 2, ede >> 8, ede & 0xff];
  return { name: '', type: TYPE_OPT, class: size, ttl: 0, data: Uint8Array.from(data) };
}

/** A query of ours for one question. @param size most bytes of an answer over UDP, told with EDNS; undefined: without it */
export function encodeQuery(id: number, question: Question, size: number | undefined): Uint8Array {
  const writer = new Writer();
  writer.question(question);
  if (size !== undefined) writer.record(optRecord(size, undefined));
  return writer.finish([id, RD, 1, 0, 0, size === undefined ? 0 : 1]);
}

/** What an answer to a query says. */
export interface Answer {
  readonly rcode: number;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  /** Code of RFC 8914. */
  readonly ede?: number;
}

/**
 * The answer to a query, at most `limit` bytes long: if it does not fit it goes without records, and says that it is truncated.
 * @param ednsSize what we take ourselves, for clients with EDNS; undefined for others
 */
export function encodeAnswer(
  query: Pick<Message, 'id' | 'opcode' | 'recursionDesired' | 'questions'>,
  answer: Answer,
  limit: number,
  ednsSize: number | undefined,
): Uint8Array {
  const whole = writeAnswer(query, answer, limit, ednsSize);
  return (
    whole ??
    (writeAnswer(query, { ...answer, answers: [], authority: [] }, MAX_MESSAGE, ednsSize, TC) as Uint8Array)
  );
}

function writeAnswer(
  { id, opcode, recursionDesired, questions }: Parameters<typeof encodeAnswer>[0],
  { rcode, answers, authority, ede }: Answer,
  limit: number,
  ednsSize: number | undefined,
  more = 0,
): Uint8Array | undefined {
  const writer = new Writer();
  for (const question of questions) writer.question(question);
  const room = limit - (ednsSize === undefined ? 0 : OPT_SIZE);
  for (const record of [...answers, ...authority]) {
    writer.record(record);
    if (writer.length > room) return undefined;
  }
  if (ednsSize !== undefined) writer.record(optRecord(ednsSize, ede));
  const flags = QR | (opcode << 11) | (recursionDesired ? RD : 0) | RA | more | (rcode & 0xf);
  return writer.finish([
    id,
    flags & ~AA,
    questions.length,
    answers.length,
    authority.length,
    ednsSize === undefined ? 0 : 1,
  ]);
}
