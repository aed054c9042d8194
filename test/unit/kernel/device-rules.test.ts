import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeviceRule, DeviceRules } from '../../../src/kernel/device-rules.js';

const rule = (text: string): DeviceRule => {
  const [allow, type, major, minor, access = 'rwm'] = text.split(' ');
  return {
    allow: allow === '+',
    type: type as DeviceRule['type'],
    ...(major === '*' ? {} : { major: Number(major) }),
    ...(minor === '*' ? {} : { minor: Number(minor) }),
    access,
  };
};
const rules = (...texts: string[]) => new DeviceRules(texts.map(rule));

test('what no rule speaks of is not allowed, but for the devices of every container', () => {
  const none = rules();
  assert.equal(none.allows('c', 1, 3, 'rw'), true);
  assert.equal(none.allows('c', 136, 7, 'rw'), true);
  assert.equal(none.allows('c', 10, 229, 'r'), false);
  assert.equal(none.allows('b', 1, 3, 'r'), false);
  assert.equal(none.allows('b', 8, 0, 'm'), true, 'nodes may be made');
});

test('the last rule that fits decides, for each kind of access by itself', () => {
  const some = rules('+ c 10 *', '- c 10 229 w', '+ b * 1 r');
  assert.equal(some.allows('c', 10, 200, 'rw'), true);
  assert.equal(some.allows('c', 10, 229, 'r'), true);
  assert.equal(some.allows('c', 10, 229, 'rw'), false);
  assert.equal(some.allows('b', 7, 1, 'r'), true);
  assert.equal(some.allows('b', 7, 2, 'r'), false);
});

test('a rule for all devices', () => {
  assert.equal(rules('+ a * *').allows('b', 8, 0, 'rw'), true);
  assert.equal(rules('+ a * *', '- a * *').allows('c', 10, 1, 'r'), false);
  assert.equal(rules('- a * *').allows('c', 1, 5, 'rw'), true, 'those of every container stay');
});
