/** DNS messages: what is written can be read, and what is hostile is refused in little time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CLASS_IN,
  type DnsRecord,
  decodeMessage,
  encodeAnswer,
  encodeQuery,
  NOERROR,
  TYPE_A,
  TYPE_AAAA,
  TYPE_CNAME,
  TYPE_SOA,
} from '../../../src/net/dns/message.js';
import { readName, wireName } from '../../../src/net/dns/name.js';

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')));

/** A query's header: id 7, and the counts. */
const header = (flags: number, ...counts: number[]): number[] => [
  0,
  7,
  flags,
  0,
  ...[0, 1, 2, 3].flatMap((i) => [(counts[i] ?? 0) >> 8, (counts[i] ?? 0) & 255]),
];

function record(name: string, type: number, data: Uint8Array, ttl = 60): DnsRecord {
  return { name, type, class: CLASS_IN, ttl, data };
}

test('a query of ours', () => {
  const query = decodeMessage(
    encodeQuery(0xbeef, { name: 'www.Example.org', type: TYPE_AAAA, class: CLASS_IN }, 1232),
  );
  assert.deepEqual(query, {
    id: 0xbeef,
    response: false,
    opcode: 0,
    truncated: false,
    recursionDesired: true,
    rcode: 0,
    questions: [{ name: 'www.Example.org', type: TYPE_AAAA, class: CLASS_IN }],
    answers: [],
    authority: [],
    edns: { size: 1232, rcode: 0, version: 0 },
  });
  assert.equal(
    decodeMessage(encodeQuery(1, { name: '', type: 2, class: CLASS_IN }, undefined))?.edns,
    undefined,
  );
});

test('an answer is what was put in', () => {
  const questions = [{ name: 'a.test', type: TYPE_A, class: CLASS_IN }];
  const answers = [
    record('a.test', TYPE_CNAME, wireName('b.test')),
    record('b.test', TYPE_A, Uint8Array.of(192, 0, 2, 1), 0x7fffffff),
    record('b.test', TYPE_A, Uint8Array.of(192, 0, 2, 2), 0),
    record('b.test', 16, bytes([5], 'hello', [0])),
  ];
  const soa = record(
    'test',
    TYPE_SOA,
    Buffer.concat([wireName('ns.test'), wireName('root.test'), new Uint8Array(20)]),
  );
  const query = { id: 5, opcode: 0, recursionDesired: true, questions };
  const encoded = encodeAnswer(query, { rcode: NOERROR, answers, authority: [soa], ede: 15 }, 512, 4096);
  const found = decodeMessage(encoded);
  assert.deepEqual([found?.id, found?.response, found?.truncated, found?.rcode], [5, true, false, NOERROR]);
  assert.deepEqual(found?.questions, questions);
  const plain = (r: DnsRecord): DnsRecord => ({ ...r, data: Uint8Array.from(r.data) });
  assert.deepEqual(found?.answers.map(plain), answers.map(plain));
  assert.deepEqual(found?.authority.map(plain), [plain(soa)]);
  assert.equal(found?.edns?.size, 4096);
  // The reason, as an option of EDNS.
  assert.deepEqual([...encoded.subarray(-6)], [0, 15, 0, 2, 0, 15]);
});

test('an answer that does not fit says so', () => {
  const questions = [{ name: 'a.test', type: 16, class: CLASS_IN }];
  const answers = Array.from({ length: 20 }, () => record('a.test', 16, bytes([40], 'x'.repeat(40))));
  const query = { id: 5, opcode: 0, recursionDesired: true, questions };
  for (const edns of [undefined, 4096]) {
    const short = encodeAnswer(query, { rcode: NOERROR, answers, authority: [] }, 512, edns);
    assert.ok(short.length <= 512);
    assert.deepEqual([decodeMessage(short)?.truncated, decodeMessage(short)?.answers.length], [true, 0]);
    const long = encodeAnswer(query, { rcode: NOERROR, answers, authority: [] }, 4096, edns);
    assert.deepEqual([decodeMessage(long)?.truncated, decodeMessage(long)?.answers.length], [false, 20]);
  }
});

test('names keep every byte, and none is another', () => {
  const wire = bytes([11], 'www.example', [3], 'org', [0]);
  assert.equal(readName(wire, 0)?.name, 'www\\046example.org');
  for (const label of ['a.b', 'a\\b', '\0', '\xff\xfe', 'A b', '\\046']) {
    const one = bytes([label.length], label, [4], 'test', [0]);
    const { name, end } = readName(one, 0) ?? { name: '', end: 0 };
    assert.equal(end, one.length);
    assert.match(name, /^[\x21-\x7e]+$/);
    assert.deepEqual(Buffer.from(wireName(name)), Buffer.from(one), name);
  }
  assert.throws(() => wireName(`${'a'.repeat(64)}.test`), RangeError);
  assert.throws(() => wireName('a..b'), RangeError);
  assert.throws(() => wireName('abcdefg.'.repeat(32).slice(0, -1)), RangeError);
});

test('pointers lead back, and only back', () => {
  const message = bytes(new Array<number>(12).fill(0), [1], 'b', [1], 'c', [0], [1], 'a', [0xc0, 12]);
  assert.deepEqual(readName(message, 17), { name: 'a.b.c', end: 21 });
  const bad: [string, number[], number][] = [
    ['itself', [0xc0, 0], 0],
    ['forward', [0xc0, 2, 0], 0],
    ['a loop of two', [0xc0, 2, 0xc0, 0], 2],
    ['a loop over a label', [1, 97, 0xc0, 0], 0],
    ['half a pointer', [0, 0xc0], 1],
    ['nowhere', [0xff, 0xff], 0],
    ['reserved bits', [0x40, 97, 0], 0],
    ['reserved bits', [0x80, 97, 0], 0],
    ['past the end', [5, 97], 0],
    ['no end', [1, 97], 0],
    ['nothing', [], 0],
  ];
  for (const [what, wire, at] of bad) assert.equal(readName(Uint8Array.from(wire), at), undefined, what);
  // 128 labels of one letter and the end: 257 bytes.
  const long = Array.from({ length: 128 }, () => [1, 97]).flat();
  assert.equal(readName(Uint8Array.from([...long, 0]), 0), undefined);
  assert.notEqual(readName(Uint8Array.from([...long.slice(2), 0]), 0), undefined);
});

test('malformed messages are refused', () => {
  const question = [1, 97, 0, 0, 1, 0, 1];
  const opt = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0];
  const a = (length: number, ...data: number[]): number[] => [0, 0, 1, 0, 1, 0, 0, 0, 9, 0, length, ...data];
  const good = bytes(header(0x80, 1, 1, 0, 1), question, a(4, 1, 2, 3, 4), opt);
  assert.equal(decodeMessage(good)?.answers[0]?.ttl, 9);
  const bad: [string, Uint8Array][] = [
    ['no header', good.subarray(0, 11)],
    ['two questions', bytes(header(0, 2), question, question)],
    ['half a question', bytes(header(0, 1), question.slice(0, -1))],
    ['fewer records than it says', bytes(header(0x80, 0, 2), a(4, 1, 2, 3, 4))],
    ['an address of five bytes', bytes(header(0x80, 0, 1), a(5, 1, 2, 3, 4, 5))],
    ['data past the end', bytes(header(0x80, 0, 1), a(4, 1, 2, 3))],
    ['two OPT records', bytes(header(0, 1, 0, 0, 2), question, opt, opt)],
    ['a named OPT record', bytes(header(0, 1, 0, 0, 1), question, [1, 97], opt)],
    ['a query with many records', bytes(header(0, 0, 9), ...new Array<number[]>(9).fill(a(4, 1, 2, 3, 4)))],
    ['an alias beyond its data', bytes(header(0x80, 0, 1), [0, 0, 5, 0, 1, 0, 0, 0, 9, 0, 1, 1, 97, 0])],
    ['an alias short of a name', bytes(header(0x80, 0, 1), [0, 0, 5, 0, 1, 0, 0, 0, 9, 0, 0])],
    ['too long', new Uint8Array(65_536)],
  ];
  for (const [what, message] of bad) assert.equal(decodeMessage(message), undefined, what);
  // The sign bit of a time to live makes it none (RFC 2181).
  const negative = bytes(header(0x80, 0, 1), [0, 0, 1, 0, 1, 0x80, 0, 0, 9, 0, 4, 1, 2, 3, 4]);
  assert.equal(decodeMessage(negative)?.answers[0]?.ttl, 0);
});

/** Repeatable random numbers. */
function generator(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
}

test('no bytes make the decoder throw or dwell, and what it accepts can be encoded', () => {
  const next = generator(4711);
  const answers = [
    record('a.test', TYPE_CNAME, wireName('b.c.test')),
    record('b.c.test', TYPE_A, Uint8Array.of(1, 2, 3, 4)),
    record('test', TYPE_SOA, Buffer.concat([wireName('ns.test'), wireName('root.test'), new Uint8Array(20)])),
    record('test', 33, Buffer.concat([new Uint8Array(6), wireName('srv.test')])),
  ];
  const questions = [{ name: 'a.test', type: TYPE_A, class: CLASS_IN }];
  const seed = encodeAnswer(
    { id: 1, opcode: 0, recursionDesired: true, questions },
    { rcode: 0, answers, authority: [] },
    4096,
    1,
  );
  let accepted = 0;
  for (let i = 0; i < 60_000; i++) {
    const message = Uint8Array.from(i % 3 === 0 ? Array.from({ length: next(100) }, () => next(256)) : seed);
    const changes = i % 3 === 0 ? 0 : 1 + next(4);
    for (let n = 0; n < changes; n++)
      message[next(message.length)] = [0, 0xc0, 12, 1, 63, next(256)][next(6)] as number;
    const found = decodeMessage(i % 5 === 0 ? message.subarray(0, next(message.length + 1)) : message);
    if (found === undefined) continue;
    accepted++;
    const again = decodeMessage(
      encodeAnswer(found, { ...found, rcode: found.rcode & 15 }, 65_535, undefined),
    );
    assert.deepEqual(again?.questions, found.questions);
    assert.equal(again?.answers.length, found.answers.length);
  }
  assert.ok(accepted > 5000, `${accepted}`);
});

test('the worst message costs milliseconds', () => {
  // A name of 127 labels, and as many records as can be that point to it in name and data.
  const name = bytes(Array.from({ length: 127 }, () => [1, 97]).flat(), [0]);
  const pointer = [0xc0, 12];
  const one = [...pointer, 0, 14, 0, 1, 0, 0, 0, 9, 0, 4, ...pointer, ...pointer];
  const message = bytes(header(0x80, 1, 500), [...name], [0, 1, 0, 1], ...new Array<number[]>(500).fill(one));
  decodeMessage(message);
  const start = process.cpuUsage();
  for (let i = 0; i < 5; i++) assert.equal(decodeMessage(message)?.answers.length, 500);
  assert.ok(process.cpuUsage(start).user / 5 < 100_000);
});
