import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CaseResult } from '../../../compat/model.js';
import { Journal } from '../../../compat/outside/journal.js';
import { withScratch } from '../../support/scratch.js';

function result(name: string): CaseResult {
  return {
    name,
    family: 'syscalls',
    tags: [],
    outcome: 'pass',
    expected: 'pass',
    reason: '',
    milliseconds: 1,
    detail: 'ü\nline two',
    checks: [],
    counts: { TPASS: 1 },
  };
}

function write(path: string, ...names: string[]): void {
  const journal = Journal.open(path, 'ltp');
  for (const name of names) journal.add('tvisor', result(name));
  journal.close();
}

test('a journal gives back what was written, for each target by itself', () =>
  withScratch('journal', async (directory) => {
    const path = join(directory, 'journal');
    write(path, 'a', 'b');
    write(path, 'c');
    const journal = Journal.open(path, 'ltp');
    assert.deepEqual([...journal.cases('tvisor').keys()], ['a', 'b', 'c']);
    assert.deepEqual(journal.get('tvisor', 'a'), result('a'));
    assert.equal(journal.get('native', 'a'), undefined);
    journal.close();
  }));

test('cut off at any byte, a journal has its whole lines and goes on', () =>
  withScratch('journal', async (directory) => {
    const path = join(directory, 'journal');
    write(path, 'a', 'b');
    const whole = readFileSync(path);
    for (let length = 0; length <= whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      const lines = whole.subarray(0, length).toString('latin1').split('\n').length - 1;
      write(path, 'later');
      const journal = Journal.open(path, 'ltp');
      const expected = ['a', 'b'].slice(0, Math.max(0, lines - 1));
      assert.deepEqual([...journal.cases('tvisor').keys()], [...expected, 'later'], `${length} bytes`);
      journal.close();
    }
  }));

test('damaged lines are no results, and other files are left alone', () =>
  withScratch('journal', async (directory) => {
    const path = join(directory, 'journal');
    write(path, 'a');
    appendFileSync(path, 'garbage\n{"target":1}\n[]\nnull\n');
    write(path, 'b');
    const journal = Journal.open(path, 'ltp');
    assert.deepEqual([...journal.cases('tvisor').keys()], ['a', 'b']);
    journal.close();
    assert.throws(() => Journal.open(path, 'gtest'), /not a journal/);
    for (const text of ['my thesis\n', 'my thesis']) {
      const other = join(directory, 'other');
      writeFileSync(other, text);
      assert.throws(() => Journal.open(other, 'ltp'), /not a journal/);
      assert.equal(readFileSync(other, 'utf8'), text);
    }
  }));
