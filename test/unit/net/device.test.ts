/** The addresses of the loopback device, and the routes that follow from them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EADDRNOTAVAIL, EEXIST, EINVAL, ENOBUFS } from '../../../src/abi/errno.js';
import { IFA_F_PERMANENT, IFA_F_SECONDARY, RT_SCOPE_LINK } from '../../../src/abi/rtnetlink.js';
import { LOOPBACK4, LOOPBACK6 } from '../../../src/net/inet/address.js';
import {
  type InterfaceAddress,
  LoopbackDevice,
  networkOf,
  samePrefix,
} from '../../../src/net/inet/device.js';
import { routesOf } from '../../../src/net/inet/routes.js';

const ip = (...bytes: number[]): string => String.fromCharCode(...bytes);
const shown = (address: string): string => [...address].map((c) => c.charCodeAt(0)).join('.');

function address(of: string, prefix: number, scope = 0): InterfaceAddress {
  const flags = IFA_F_PERMANENT;
  return { ip: of, peer: of, prefix, scope, flags, label: 'lo', broadcast: undefined, proto: 0, created: 0 };
}

test('prefixes of addresses', () => {
  assert.equal(samePrefix(ip(10, 1, 2, 3), ip(10, 1, 2, 200), 24), true);
  assert.equal(samePrefix(ip(10, 1, 2, 3), ip(10, 1, 3, 3), 24), false);
  assert.equal(samePrefix(ip(10, 1, 2, 3), ip(10, 1, 3, 3), 23), true);
  assert.equal(samePrefix(ip(10, 1, 2, 3), ip(200, 1, 3, 3), 0), true);
  assert.equal(samePrefix(LOOPBACK4, LOOPBACK6, 0), false);
  assert.equal(shown(networkOf(ip(10, 1, 2, 3), 20)), '10.1.0.0');
  assert.equal(shown(networkOf(ip(10, 1, 2, 3), 20, true)), '10.1.15.255');
});

test('all of an IPv4 network is local, but not its last address', () => {
  const device = new LoopbackDevice();
  assert.equal(device.isLocal(ip(127, 9, 9, 9)), true);
  assert.equal(device.isLocal(ip(127, 255, 255, 255)), false);
  assert.equal(device.isBroadcast(ip(127, 255, 255, 255)), true);
  assert.equal(device.sourceFor(ip(127, 9, 9, 9)), LOOPBACK4);
  assert.equal(device.isLocal(ip(10, 0, 0, 1)), false);
  assert.equal(device.add(address(ip(10, 0, 0, 1), 24)), 0);
  assert.equal(device.sourceFor(ip(10, 0, 0, 77)), ip(10, 0, 0, 1));
  assert.equal(device.isLocal(LOOPBACK6), true);
  assert.equal(device.isLocal(`${LOOPBACK6.slice(0, 15)}\x02`), false);
});

test('the second address of a network is secondary, and goes with the first', () => {
  const device = new LoopbackDevice();
  device.add(address(ip(10, 0, 0, 1), 24));
  device.add(address(ip(10, 0, 0, 2), 24));
  assert.equal(device.add(address(ip(10, 0, 0, 2), 24)), -EEXIST);
  assert.equal(device.add(address(ip(10, 0, 0, 3), 24, RT_SCOPE_LINK)), -EINVAL);
  const [first] = device.addresses.filter((a) => a.ip === ip(10, 0, 0, 1));
  const [second] = device.addresses.filter((a) => a.ip === ip(10, 0, 0, 2));
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(second.flags & IFA_F_SECONDARY, IFA_F_SECONDARY);
  const gone = device.remove(first);
  assert.ok(typeof gone !== 'number');
  assert.equal(gone.length, 2);
  assert.equal(device.remove(first), -EADDRNOTAVAIL);
});

test('there is a bound on addresses', () => {
  const device = new LoopbackDevice();
  let r = 0;
  for (let i = 0; r === 0 && i < 100_000; i++)
    r = device.add(address(ip(10, i >> 16, (i >> 8) & 255, i & 255), 32));
  assert.equal(r, -ENOBUFS);
});

test('a device that is off keeps IPv4 and forgets IPv6', () => {
  const device = new LoopbackDevice();
  assert.equal(device.setUp(false).length, 1);
  assert.equal(device.setUp(false).length, 0);
  assert.equal(device.isLocal(LOOPBACK4), true);
  assert.equal(device.isLocal(LOOPBACK6), false);
  assert.equal(device.setUp(true).length, 1);
  assert.equal(device.isLocal(LOOPBACK6), true);
});

test('routes', () => {
  const device = new LoopbackDevice();
  device.add(address(ip(10, 0, 0, 1), 24));
  const lines = routesOf(device).map((r) => `${shown(r.dst)}/${r.bits}`);
  assert.deepEqual(
    lines.filter((l) => l.length < 20),
    ['10.0.0.0/24', '10.0.0.1/32', '10.0.0.255/32', '127.0.0.0/8', '127.0.0.1/32', '127.255.255.255/32'],
  );
});
