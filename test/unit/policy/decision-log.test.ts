/** The log of decisions: whole lines, a bounded rate, and no waiting. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DecisionLog } from '../../../src/net/policy/decision-log.js';
import { withScratch } from '../../support/scratch.js';

const record = { event: 'connect', verdict: 'deny', reason: 'no rule' } as const;

function lines(text: string): { event: string; count?: number }[] {
  assert.ok(text.endsWith('\n'));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; count?: number });
}

test('one line each, appended', () =>
  withScratch('decisions', async (dir) => {
    const path = join(dir, 'log');
    for (let i = 0; i < 2; i++) {
      const log = DecisionLog.toFile(path, () => 0);
      log.write({ ...record, address: '192.0.2.1', comm: 'a "b"\n' });
      log.close();
    }
    const found = lines(readFileSync(path, 'utf8'));
    assert.equal(found.length, 2);
    const [{ time, ...rest }] = found as unknown as [{ time?: string }];
    assert.ok(Math.abs(Date.parse(time ?? '') - Date.now()) < 60_000);
    assert.deepEqual(rest, { ...record, address: '192.0.2.1', comm: 'a "b"\n' });
    assert.equal(statSync(path).mode & 0o777, 0o644 & ~process.umask());
  }));

test('a flood is counted, and the count is told', () =>
  withScratch('decisions', async (dir) => {
    const path = join(dir, 'log');
    let now = 0;
    const log = DecisionLog.toFile(path, () => now);
    for (let i = 0; i < 10_000; i++) log.write(record);
    assert.equal(lines(readFileSync(path, 'utf8')).length, 2000);
    now = 1000;
    log.write(record);
    log.close();
    const found = lines(readFileSync(path, 'utf8'));
    assert.equal(found.length, 2002);
    assert.deepEqual([found[2000]?.event, found[2000]?.count], ['suppressed', 8000]);
  }));

test('a pipe that nobody reads does not hold anybody up, and gets whole lines in the end', () =>
  withScratch('decisions', async (dir) => {
    const path = join(dir, 'fifo');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const log = DecisionLog.toFile(path, () => 0);
    for (let i = 0; i < 1500; i++) log.write({ ...record, i, padding: 'x'.repeat(200) });
    const buffer = Buffer.alloc(1 << 20);
    const first = readSync(reader, buffer);
    assert.ok(first < 1500 * 200);
    log.write({ ...record, last: true });
    const n = readSync(reader, buffer, first, buffer.length - first, null);
    const found = lines(buffer.toString('utf8', 0, first + n)) as {
      i?: number;
      event: string;
      count?: number;
      last?: true;
    }[];
    const told = found.findIndex((line) => line.event === 'suppressed');
    assert.equal(found[told]?.count, 1500 - told);
    assert.equal(found.at(-1)?.last, true);
    log.close();
    closeSync(reader);
  }));
