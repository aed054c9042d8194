/** The log, as a file shows it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LogFormat } from '../../src/log/levels.js';
import { createLogger, type Logger } from '../../src/log/logger.js';
import { withScratch } from '../support/run.js';

/** What `body` logs at level debug in `format`: read back at once, since nothing may be kept waiting. */
function logged(format: LogFormat, body: (log: Logger) => void): Promise<string> {
  return withScratch('log', async (directory) => {
    const file = join(directory, 'log');
    body(createLogger({ file, format, level: 'debug' }));
    return readFileSync(file, 'latin1');
  });
}

test('text: time, level, message, values', async () => {
  const text = await logged('text', (log) => log.info({ pid: 7, path: '/a b', ok: true }, 'opened'));
  assert.match(text, /^\d\d:\d\d:\d\d\.\d{3} INFO {2}opened pid=7 path="\/a b" ok=true\n$/);
});

test('text: a record is one line that drives no terminal, whatever is in it', async () => {
  const text = await logged('text', (log) => log.warn({ name: 'x\u001b[31m\ny' }, 'a\nb\r\u009bc'));
  assert.match(text, /^\S+ WARN {2}a\\nb\\x0d\\x9bc name="x\\u001b\[31m\\ny"\n$/);
});

test('text: an error shows its stack below the line', async () => {
  const text = await logged('text', (log) => log.error({ err: new Error('broken') }, 'failed'));
  assert.match(text, /^\S+ ERROR failed\n {4}Error: broken\n {4}at /);
});

test('json: one object a line, with level names and ISO times', async () => {
  const lines = (
    await logged('json', (log) => {
      log.child({ task: 3 }).debug('one');
      log.trace('not this one');
      log.fatal('two\nthree');
    })
  ).trimEnd();
  const records = lines.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    records.map(({ level, task, msg }) => ({ level, task, msg })),
    [
      { level: 'debug', task: 3, msg: 'one' },
      { level: 'fatal', task: undefined, msg: 'two\nthree' },
    ],
  );
  assert.match(String(records[0]?.['time']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('a log is appended to, and one that cannot be opened is an error', async () => {
  await withScratch('log', async (directory) => {
    const file = join(directory, 'log');
    createLogger({ file }).warn('one');
    createLogger({ file }).warn('two');
    assert.match(readFileSync(file, 'latin1'), /one\n.*two\n$/);
    assert.throws(() => createLogger({ file: join(directory, 'none/log') }), { code: 'ENOENT' });
  });
});
