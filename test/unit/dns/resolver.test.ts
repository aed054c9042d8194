/** The resolver against servers that answer as they like: what guests are told, what they may connect to, who is asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimerQueue } from '../../../src/kernel/timers.js';
import {
  type Answer,
  CLASS_IN,
  type DnsRecord,
  decodeMessage,
  encodeAnswer,
  encodeQuery,
  type Message,
  NOERROR,
  NXDOMAIN,
  REFUSED,
  SERVFAIL,
  TYPE_A,
  TYPE_AAAA,
  TYPE_CNAME,
  TYPE_SOA,
} from '../../../src/net/dns/message.js';
import { wireName } from '../../../src/net/dns/name.js';
import { Resolver } from '../../../src/net/dns/resolver.js';
import { type ExchangeEvents, Upstream } from '../../../src/net/dns/upstream.js';
import { formatIp, parseIp } from '../../../src/net/policy/cidr.js';
import type { DecisionRecord } from '../../../src/net/policy/decision-log.js';
import { LearntAddresses } from '../../../src/net/policy/learnt.js';
import { type Action, parseRule } from '../../../src/net/policy/rule.js';
import { Rules } from '../../../src/net/policy/rules.js';

interface Asked {
  server: string;
  stream: boolean;
  query: Message;
  events: ExchangeEvents;
  closed: boolean;
}

const ip = (text: string): string => parseIp(text) as string;
const a = (name: string, address: string, ttl = 300): DnsRecord => ({
  name,
  type: ip(address).length === 4 ? TYPE_A : TYPE_AAAA,
  class: CLASS_IN,
  ttl,
  data: Buffer.from(ip(address), 'latin1'),
});
const cname = (name: string, target: string, ttl = 300): DnsRecord => ({
  ...a(name, '0.0.0.0', ttl),
  type: TYPE_CNAME,
  data: wireName(target),
});
const soa = (name: string, minimum: number): DnsRecord => ({
  ...a(name, '0.0.0.0'),
  type: TYPE_SOA,
  data: Buffer.concat([
    wireName('ns'),
    wireName('root'),
    Uint8Array.of(...new Array<number>(16).fill(0), 0, 0, minimum >> 8, minimum),
  ]),
});

/** A resolver whose servers are the test. */
class Bench {
  now = 0;
  readonly timers = new TimerQueue(() => this.now);
  readonly asked: Asked[] = [];
  readonly log: DecisionRecord[] = [];
  readonly learnt = new LearntAddresses(() => this.now);
  readonly resolver: Resolver;

  constructor(rules: string, servers = ['192.0.2.53']) {
    const list = rules.split('\n').map((line) => {
      const [action = '', text = ''] = line.trim().split(' ');
      return parseRule(action as Action, text);
    });
    const { learnt } = this;
    let id = 1000;
    const timers = {
      now: () => this.now,
      add: (at: number, run: () => void) => this.timers.add(at, run),
      cancel: (timer: ReturnType<TimerQueue['add']>) => this.timers.cancel(timer),
    };
    this.resolver = new Resolver({
      rules: new Rules(list, (address) => learnt.namesOf(address)),
      learnt,
      upstream: new Upstream(
        servers.map((server) => ({ ip: ip(server), port: 53 })),
        {
          open: (server, stream, bytes, events) => {
            const query = decodeMessage(bytes);
            assert.ok(query !== undefined);
            const one: Asked = { server: formatIp(server.ip), stream, query, events, closed: false };
            this.asked.push(one);
            return { close: () => (one.closed = true) };
          },
        },
        timers,
        () => id++,
      ),
      log: (record) => this.log.push(record),
      now: () => this.now,
      hostname: () => 'Box',
    });
  }

  /** Asks as a guest; the answer arrives in the array. */
  ask(name: string, type = TYPE_A, stream = false, edns = 4096): Message[] {
    const answers: Message[] = [];
    this.resolver.query(
      encodeQuery(7, { name, type, class: CLASS_IN }, edns || undefined),
      stream,
      (bytes) => {
        const answer = decodeMessage(bytes);
        assert.ok(answer !== undefined);
        answers.push(answer);
      },
    );
    return answers;
  }

  get last(): Asked {
    const last = this.asked.at(-1);
    assert.ok(last !== undefined, 'nobody was asked');
    return last;
  }

  answer(
    answer: Partial<Answer>,
    more: { id?: number; question?: string; tc?: boolean } = {},
    to = this.last,
  ): void {
    const { query } = to;
    const questions =
      more.question === undefined
        ? query.questions
        : [{ ...query.questions[0], name: more.question } as Message['questions'][0]];
    const bytes = encodeAnswer(
      { ...query, id: more.id ?? query.id, questions },
      { rcode: NOERROR, answers: [], authority: [], ...answer },
      65_535,
      1232,
    );
    if (more.tc === true) bytes[2] = (bytes[2] as number) | 2;
    to.events.received(bytes);
  }

  pass(ms: number): void {
    this.now += ms;
    this.timers.run();
  }
}

const addresses = (answers: Message[]): string[] =>
  (answers[0]?.answers ?? [])
    .filter((r) => r.type === TYPE_A || r.type === TYPE_AAAA)
    .map((r) => formatIp(Buffer.from(r.data).toString('latin1')));

test('a name that is allowed leads to its addresses, which are learnt', () => {
  const b = new Bench('allow tcp:*.example.test:443');
  const got = b.ask('www.Example.test');
  assert.equal(got.length, 0);
  b.answer({ answers: [a('www.example.test', '198.51.100.1'), a('www.example.test', '198.51.100.2')] });
  assert.deepEqual(addresses(got), ['198.51.100.1', '198.51.100.2']);
  assert.deepEqual([got[0]?.id, got[0]?.questions[0]?.name, got[0]?.rcode], [7, 'www.Example.test', NOERROR]);
  assert.deepEqual(b.learnt.namesOf(ip('198.51.100.2')), ['www.example.test']);
  assert.equal(b.last.closed, true);
  assert.deepEqual(b.log, [
    {
      event: 'dns',
      verdict: 'allow',
      name: 'www.example.test',
      type: 'A',
      rule: 'allow tcp:*.example.test:443',
      rcode: 0,
      addresses: ['198.51.100.1', '198.51.100.2'],
    },
  ]);
});

test('a name that is not allowed does not exist, and nobody outside is asked', () => {
  const b = new Bench('allow a.test');
  for (const name of ['b.test', 'x.a.test', 'secret.a.test.attacker.test', '']) {
    const got = b.ask(name);
    assert.equal(got[0]?.rcode, NXDOMAIN);
  }
  assert.equal(b.asked.length, 0);
  assert.deepEqual(b.log[0], { event: 'dns', verdict: 'deny', name: 'b.test', type: 'A', reason: 'no rule' });
});

test('answers are kept as long as they hold, and grow older', () => {
  const b = new Bench('allow a.test');
  b.ask('a.test');
  b.answer({ answers: [a('a.test', '198.51.100.1', 100)] });
  b.pass(40_500);
  const kept = b.ask('A.test');
  assert.deepEqual([kept[0]?.answers[0]?.ttl, b.asked.length], [60, 1]);
  b.pass(60_000);
  assert.equal(b.ask('a.test').length, 0);
  assert.equal(b.asked.length, 2);
});

test('that there is nothing is kept as long as the zone says', () => {
  const b = new Bench('allow a.test');
  const got = b.ask('a.test', TYPE_AAAA);
  b.answer({ authority: [soa('test', 30)] });
  assert.deepEqual([got[0]?.rcode, got[0]?.answers.length, got[0]?.authority.length], [NOERROR, 0, 1]);
  b.pass(29_000);
  assert.equal(b.ask('a.test', TYPE_AAAA).length, 1);
  b.pass(2000);
  assert.equal(b.ask('a.test', TYPE_AAAA).length, 0);
  b.answer({ rcode: NXDOMAIN });
  assert.equal(b.ask('a.test', TYPE_AAAA).length, 0);
});

test('aliases are followed, also over several answers', () => {
  const b = new Bench('allow a.test');
  const got = b.ask('a.test');
  b.answer({ answers: [cname('a.test', 'b.cdn.test', 20)] });
  assert.equal(b.last.query.questions[0]?.name, 'b.cdn.test');
  b.answer({ answers: [cname('b.cdn.test', 'c.cdn.test'), a('c.cdn.test', '198.51.100.9')] });
  assert.deepEqual(
    got[0]?.answers.map((r) => r.name),
    ['a.test', 'b.cdn.test', 'c.cdn.test'],
  );
  assert.deepEqual(addresses(got), ['198.51.100.9']);
  assert.deepEqual(b.learnt.namesOf(ip('198.51.100.9')), ['a.test']);
  // The shortest time of the chain counts.
  b.pass(21_000);
  assert.equal(b.ask('a.test').length, 0);
});

test('loops of aliases end', () => {
  const b = new Bench('allow a.test');
  const one = b.ask('a.test');
  b.answer({ answers: [cname('a.test', 'b.test'), cname('b.test', 'a.test')] });
  assert.equal(one[0]?.rcode, SERVFAIL);
  const two = b.ask('a.test', TYPE_AAAA);
  for (let i = 0; two.length === 0 && i < 100; i++) {
    const name = b.last.query.questions[0]?.name ?? '';
    b.answer({ answers: [cname(name, `x${i}.test`)] });
  }
  assert.equal(two.length, 1);
  assert.ok(b.asked.length < 20);
});

test('an alias to a name that is denied by name leads nowhere', () => {
  const b = new Bench('allow a.test\ndeny *.tracker.test\ndeny *');
  const bad = b.ask('a.test');
  b.answer({ answers: [cname('a.test', 'x.tracker.test'), a('x.tracker.test', '198.51.100.1')] });
  assert.deepEqual([bad[0]?.rcode, bad[0]?.answers.length], [NXDOMAIN, 0]);
  assert.deepEqual(b.learnt.namesOf(ip('198.51.100.1')), []);
  assert.deepEqual(b.log[0], {
    event: 'dns',
    verdict: 'deny',
    name: 'a.test',
    type: 'A',
    rule: 'deny *.tracker.test',
    alias: 'x.tracker.test',
  });
  const good = b.ask('a.test', TYPE_AAAA);
  b.answer({ answers: [cname('a.test', 'x.cdn.test'), a('x.cdn.test', '2001:db8::1')] });
  assert.deepEqual(addresses(good), ['2001:db8::1']);
});

test('what a server adds about other names is dropped', () => {
  const b = new Bench('allow a.test');
  const got = b.ask('a.test');
  b.answer({
    answers: [
      a('b.test', '198.51.100.66'),
      a('a.test', '198.51.100.1'),
      a('a.test', '2001:db8::1'),
      cname('a.test', 'b.test'),
    ],
    authority: [a('ns.test', '198.51.100.66'), soa('other', 60)],
  });
  assert.deepEqual(addresses(got), ['198.51.100.1']);
  assert.equal(got[0]?.authority.length, 0);
  assert.deepEqual(b.learnt.namesOf(ip('198.51.100.66')), []);
});

test('rebinding: addresses of the inside are left out, whatever the name', () => {
  const b = new Bench('allow *\nallow tcp:10.1.0.0/16:80');
  const got = b.ask('a.test');
  const inside = ['127.0.0.1', '0.0.0.0', '10.0.0.1', '192.168.1.1', '169.254.169.254'].map((x) =>
    a('a.test', x),
  );
  b.answer({ answers: [...inside, a('a.test', '10.1.0.1'), a('a.test', '198.51.100.1')] });
  assert.deepEqual(addresses(got), ['10.1.0.1', '198.51.100.1']);
  assert.deepEqual(b.log[0], {
    event: 'dns',
    verdict: 'deny',
    name: 'a.test',
    type: 'A',
    reason: 'rebinding',
    addresses: ['127.0.0.1', '0.0.0.0', '10.0.0.1', '192.168.1.1', '169.254.169.254'],
  });
  const six = b.ask('a.test', TYPE_AAAA);
  b.answer({
    answers: ['::1', 'fe80::1', 'fd00::1', '64:ff9b::127.0.0.1', '::7f00:1'].map((x) => ({
      ...a('a.test', x),
      type: TYPE_AAAA,
    })),
  });
  assert.deepEqual([six[0]?.rcode, addresses(six)], [NOERROR, []]);
  const mapped = b.ask('m.test', TYPE_AAAA);
  const data = Buffer.from(`${'\0'.repeat(10)}\xff\xff\x7f\0\0\x01`, 'latin1');
  b.answer({ answers: [{ ...a('m.test', '::1'), data }] });
  assert.deepEqual(mapped[0]?.answers, []);
});

test('answers that are not ours are not taken, and who guesses gets few tries', () => {
  const b = new Bench('allow a.test', ['192.0.2.53', '192.0.2.54']);
  const got = b.ask('a.test');
  const forged = { answers: [a('a.test', '203.0.113.66')] };
  b.answer(forged, { id: b.last.query.id ^ 1 });
  b.answer(forged, { question: 'b.test' });
  b.last.events.received(Uint8Array.of(1, 2, 3));
  assert.equal(got.length, 0);
  const first = b.last;
  for (let i = 0; i < 20; i++) b.answer(forged, { id: 1 }, first);
  assert.equal(b.last.server, '192.0.2.54');
  assert.notEqual(b.last.query.id, first.query.id);
  // Even the right answer comes too late there.
  b.answer(forged, {}, first);
  assert.equal(got.length, 0);
  b.answer({ answers: [a('a.test', '198.51.100.1')] });
  assert.deepEqual(addresses(got), ['198.51.100.1']);
});

test('servers that say nothing or fail are passed over, twice at most', () => {
  const b = new Bench('allow a.test', ['192.0.2.1', '192.0.2.2']);
  const got = b.ask('a.test');
  b.pass(2000);
  assert.equal(b.last.server, '192.0.2.2');
  b.answer({ rcode: REFUSED });
  b.last.events.failed();
  b.answer({ rcode: SERVFAIL });
  assert.deepEqual(
    b.asked.map((x) => x.server),
    ['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.2'],
  );
  assert.ok(b.asked.every((x) => x.closed));
  assert.deepEqual([got.length, got[0]?.rcode], [1, SERVFAIL]);
  // Failures are not kept.
  b.ask('a.test');
  assert.equal(b.asked.length, 5);
});

test('a truncated answer is asked for over TCP, and a server without EDNS without it', () => {
  const b = new Bench('allow a.test');
  const got = b.ask('a.test');
  assert.equal(b.last.query.edns?.size, 1232);
  b.answer({ rcode: 1 });
  assert.deepEqual([b.last.query.edns, b.last.stream], [undefined, false]);
  b.answer({}, { tc: true });
  assert.equal(b.last.stream, true);
  b.answer({ answers: [a('a.test', '198.51.100.1')] });
  assert.deepEqual(addresses(got), ['198.51.100.1']);
});

test('who asks the same meanwhile shares the answer; floods end in SERVFAIL', () => {
  const b = new Bench('allow *');
  const all = Array.from({ length: 100 }, () => b.ask('a.test'));
  assert.equal(b.asked.length, 1);
  assert.equal(all.filter((got) => got[0]?.rcode === SERVFAIL).length, 36);
  b.answer({ answers: [a('a.test', '198.51.100.1')] });
  assert.ok(all.every((got) => got.length === 1));
  const flood = Array.from({ length: 1000 }, (_, i) => b.ask(`n${i}.test`));
  assert.equal(b.asked.length, 257);
  assert.equal(flood.filter((got) => got[0]?.rcode === SERVFAIL).length, 744);
  b.pass(4000);
  b.pass(4000);
  assert.ok(flood.every((got) => got.length === 1));
});

test('answers over UDP have the size that the guest takes', () => {
  const b = new Bench('allow *');
  const answers = Array.from({ length: 60 }, (_, i) => a('a.test', `198.51.100.${i}`));
  const got = b.ask('a.test', TYPE_A, false, 0);
  b.answer({ answers });
  assert.deepEqual([got[0]?.truncated, got[0]?.answers.length, got[0]?.edns], [true, 0, undefined]);
  assert.equal(b.ask('a.test', TYPE_A, true, 0)[0]?.answers.length, 60);
  assert.equal(b.ask('a.test', TYPE_A, false, 4096)[0]?.answers.length, 60);
  assert.equal(b.ask('a.test', TYPE_A, false, 513)[0]?.truncated, true);
});

test('what is no question is answered so, or not at all', () => {
  const b = new Bench('allow *');
  const answerTo = (bytes: Uint8Array): number | undefined => {
    let rcode: number | undefined;
    b.resolver.query(bytes, false, (reply) => (rcode = decodeMessage(reply)?.rcode));
    return rcode;
  };
  const query = encodeQuery(9, { name: 'a.test', type: TYPE_A, class: CLASS_IN }, undefined);
  const changed = (at: number, value: number): Uint8Array =>
    Uint8Array.from(query, (x, i) => (i === at ? value : x));
  assert.equal(answerTo(changed(2, 0x80)), undefined);
  assert.equal(answerTo(query.subarray(0, 11)), undefined);
  assert.equal(answerTo(query.subarray(0, 14)), 1);
  assert.equal(answerTo(changed(5, 0)), 1);
  assert.equal(answerTo(changed(2, 0x28)), 4);
  assert.equal(answerTo(encodeQuery(9, { name: 'version.bind', type: 16, class: 3 }, undefined)), REFUSED);
  for (const type of [252, 251, 255, 250]) {
    assert.equal(answerTo(encodeQuery(9, { name: 'a.test', type, class: CLASS_IN }, undefined)), 4);
  }
  assert.equal(b.asked.length, 0);
});

test('localhost and the host name are the sandbox', () => {
  const b = new Bench('deny *');
  assert.deepEqual(addresses(b.ask('localhost')), ['127.0.0.1']);
  assert.deepEqual(addresses(b.ask('db.LocalHost', TYPE_AAAA)), ['::1']);
  assert.deepEqual(addresses(b.ask('bOX')), ['127.0.0.1']);
  assert.deepEqual([b.ask('localhost', 16)[0]?.rcode, b.log.length], [NOERROR, 0]);
});
