/** Nonsense in place of any part of a configuration is a mistake with one line, never an error of ours. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convertConfig } from '../../../src/oci/convert.js';
import { ConfigError } from '../../../src/oci/report.js';
import { readConfig } from '../../../src/oci/validate.js';
import { goodConfig } from './mistakes.js';

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  2 ** 53,
  '',
  'x',
  '/',
  '..',
  '\0',
  'a'.repeat(5000),
  '\ud800',
  [],
  {},
  [null],
  [[]],
  { '': '' },
  { '\0': 1 },
];

type Node = Record<string, unknown>;

/** All places of a value, as ways from its root. */
function* ways(value: unknown, way: string[] = []): Generator<string[]> {
  if (way.length > 0) yield way;
  if (typeof value !== 'object' || value === null) return;
  for (const name of Object.keys(value)) yield* ways((value as Node)[name], [...way, name]);
}

function put(root: unknown, way: readonly string[], value: unknown): void {
  let at = root as Node;
  for (const step of way.slice(0, -1)) at = at[step] as Node;
  at[way.at(-1) as string] = value;
}

test('any value in any place', () => {
  let right = 0;
  let wrong = 0;
  for (const way of ways(goodConfig())) {
    for (const value of VALUES) {
      const config = goodConfig();
      put(config, way, value);
      try {
        const { value: read } = readConfig(JSON.stringify(config));
        JSON.stringify(convertConfig({ ...read, root: { path: '/' } }, 'box', '/tmp'));
        right++;
      } catch (error) {
        assert.ok(error instanceof ConfigError, `${way.join('.')} = ${JSON.stringify(value)}: ${error}`);
        assert.match(error.message, /^[^\n]+$/);
        wrong++;
      }
    }
  }
  assert.ok(right > 300 && wrong > 1000, `${right} right, ${wrong} wrong`);
});
