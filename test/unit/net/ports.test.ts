/** Who may have a port, and who gets a message. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AF_INET, AF_INET6 } from '../../../src/abi/socket.js';
import { Settings } from '../../../src/kernel/settings.js';
import { ANY4, ANY6, LOOPBACK4, LOOPBACK6, parseInetAddress } from '../../../src/net/inet/address.js';
import { type Bound, connectionHash, matchScore, PortTable } from '../../../src/net/inet/ports.js';

const settings = new Settings();

function socket(ip: string, port: number, more: Partial<Bound> = {}): Bound {
  return {
    family: ip.length === 4 ? AF_INET : AF_INET6,
    local: { ip, port },
    remote: undefined,
    uid: 0,
    v6only: false,
    reuseAddr: false,
    reusePort: false,
    listening: false,
    portShared: false,
    ...more,
  };
}

function free(holder: Bound, wanted: Bound): boolean {
  const table = new PortTable<Bound>(true, settings);
  table.add(holder);
  return table.free(wanted, wanted.local);
}

test('the wildcard address of IPv6 takes IPv4 in, unless it is told not to', () => {
  assert.equal(free(socket(ANY6, 80), socket(ANY4, 80)), false);
  assert.equal(free(socket(ANY6, 80), socket(LOOPBACK4, 80)), false);
  assert.equal(free(socket(ANY6, 80, { v6only: true }), socket(ANY4, 80)), true);
  assert.equal(free(socket(LOOPBACK6, 80), socket(ANY4, 80)), true);
  assert.equal(free(socket(LOOPBACK6, 80), socket(ANY6, 80)), false);
});

test('SO_REUSEPORT is for one user', () => {
  const mine = { reusePort: true, uid: 1 };
  assert.equal(free(socket(ANY4, 80, mine), socket(ANY4, 80, mine)), true);
  assert.equal(free(socket(ANY4, 80, mine), socket(ANY4, 80, { reusePort: true, uid: 2 })), false);
});

test('a connection may share its port with another to elsewhere, a bound socket with none', () => {
  const table = new PortTable<Bound>(true, settings);
  const shared = { portShared: true };
  for (let port = settings.localPortFirst; port <= settings.localPortLast; port++)
    table.add(socket(LOOPBACK4, port, shared));
  assert.equal(table.pick(socket(ANY4, 0), ANY4), 0);
  assert.equal(
    table.pickForConnect('nowhere', () => false),
    0,
  );
  assert.equal(
    table.pickForConnect('elsewhere', (port) => port === 40000),
    40000,
  );
});

test('the nearest address is the best match', () => {
  assert.ok(matchScore(socket(LOOPBACK4, 1), LOOPBACK4) > matchScore(socket(ANY4, 1), LOOPBACK4));
  assert.ok(matchScore(socket(ANY4, 1), LOOPBACK4) > matchScore(socket(ANY6, 1), LOOPBACK4));
  assert.equal(matchScore(socket(ANY4, 1), LOOPBACK6), 0);
  assert.equal(matchScore(socket(ANY6, 1, { v6only: true }), LOOPBACK4), 0);
});

test('connections spread evenly', () => {
  const counts = [0, 0, 0, 0];
  for (let port = 30000; port < 34000; port++) {
    const i = connectionHash({ ip: LOOPBACK4, port }, { ip: LOOPBACK4, port: 80 }) % counts.length;
    counts[i] = (counts[i] as number) + 1;
  }
  for (const n of counts) assert.ok(n > 800 && n < 1200, counts.join());
});

test('an IPv4-mapped address is the IPv4 address', () => {
  const raw = new Uint8Array(28);
  raw.set([AF_INET6, 0, 0, 80]);
  raw.set([0xff, 0xff, 127, 0, 0, 1], 18);
  const address = parseInetAddress(raw, AF_INET6);
  assert.ok(typeof address !== 'number');
  assert.equal(address.ip, LOOPBACK4);
  assert.equal(address.mapped, true);
});
