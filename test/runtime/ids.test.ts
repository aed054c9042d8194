/** Names of containers and signals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkId } from '../../src/runtime/ids.js';
import { parseSignal } from '../../src/runtime/signals.js';

test('ids that runc takes', () => {
  for (const id of ['a', 'A-b_c.d+e,f', '0', '..a', 'x'.repeat(255)]) checkId(id);
});

test('ids that no runtime takes, each with one line that says why', () => {
  const bad = [
    '',
    '.',
    '..',
    'a/b',
    '/',
    '../x',
    'a b',
    'a\nb',
    'a\0',
    'ä',
    'x'.repeat(2000),
    '@new-1',
    'a:b',
  ];
  for (const id of bad) {
    assert.throws(
      () => checkId(id),
      ({ message }: Error) => /container id/.test(message) && !message.includes('\n') && message.length < 400,
      JSON.stringify(id),
    );
  }
});

test('signals by name and number', () => {
  const cases = {
    TERM: 15,
    SIGTERM: 15,
    sigterm: 15,
    '9': 9,
    '0': 0,
    KILL: 9,
    '64': 64,
    RTMIN: 34,
    'RTMIN+3': 37,
    'SIGRTMAX-1': 63,
  };
  for (const [text, number] of Object.entries(cases)) assert.equal(parseSignal(text), number, text);
  for (const text of ['', '65', '-9', 'FOO', 'SIG', '9x', 'RTMIN+40', '1e1']) {
    assert.equal(parseSignal(text), undefined, text);
  }
});
