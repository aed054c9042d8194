import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRuntest } from '../../../compat/ltp/runtest.js';
import { callsOfBinary, callsOfEntry } from '../../../compat/outside/calls.js';
import { matchesGlob, parsePatterns, parseShard, shardOf } from '../../../compat/outside/select.js';

test('runtest files: names, commands, comments, tabs, shell syntax', () => {
  const entries = parseRuntest(
    [
      '#DESCRIPTION:Kernel system calls',
      '',
      'abort01 abort01',
      '  # a comment that is moved in',
      'mmap21_01\tmmap21 -m 1',
      'quoted  X=1 "my test" -a \'b c\' | tee "x;y"; exit $?',
      'alone',
      'abort01 abort01 -i 2\r',
    ].join('\n'),
  );
  assert.deepEqual(entries, [
    { name: 'abort01', command: 'abort01', program: 'abort01' },
    { name: 'mmap21_01', command: 'mmap21 -m 1', program: 'mmap21' },
    { name: 'quoted', command: 'X=1 "my test" -a \'b c\' | tee "x;y"; exit $?', program: 'my' },
    { name: 'alone', command: 'alone', program: 'alone' },
    { name: 'abort01#2', command: 'abort01 -i 2', program: 'abort01' },
  ]);
});

test('calls of entries: digits, suffixes and calls whose names end in a digit', () => {
  const expected: Record<string, string[]> = {
    access01: ['access'],
    accept4_01: ['accept4'],
    dup05: ['dup'],
    dup201: ['dup2'],
    dup3_02: ['dup3'],
    preadv203_64: ['preadv2'],
    preadv03: ['preadv'],
    clone301: ['clone3'],
    faccessat201: ['faccessat2'],
    fchmodat2_01: ['fchmodat2'],
    wait401: ['wait4'],
    getuid01_16: ['getuid'],
    fcntl34_64: ['fcntl'],
    eventfd2_03: ['eventfd2'],
    ioctl_loop05: ['ioctl'],
    mmap21_01: ['mmap'],
    sigpending02: ['rt_sigpending'],
    pread01: ['pread64'],
    waitpid13: ['wait4'],
    'abort01#2': ['tgkill'],
    memset01: [],
    constructor01: [],
  };
  for (const [name, calls] of Object.entries(expected)) assert.deepEqual(callsOfEntry(name), calls, name);
});

test('calls of binaries', () => {
  assert.deepEqual(callsOfBinary('open_test'), ['open']);
  assert.deepEqual(callsOfBinary('fs/open-create_test'), ['open']);
  assert.deepEqual(callsOfBinary('dup2-tests'), ['dup2']);
  assert.deepEqual(callsOfBinary('everything'), []);
});

test('shards have all items once, and say what is wrong', () => {
  const items = Array.from({ length: 10 }, (_, index) => index);
  const shards = [1, 2, 3].map((index) => shardOf(items, parseShard(`${index}/3`)));
  assert.deepEqual(
    shards.flat().sort((a, b) => a - b),
    items,
  );
  assert.deepEqual(shardOf(items, undefined), items);
  for (const text of ['0/3', '4/3', '1/0', 'x', '1', '1/2/3', '-1/2'])
    assert.throws(() => parseShard(text), /--shard/);
});

test('names by pattern', () => {
  assert.ok(matchesGlob('access*', 'access01'));
  assert.ok(matchesGlob('a?c', 'abc'));
  assert.ok(!matchesGlob('access', 'access01'));
  assert.ok(!matchesGlob('a.c', 'abc'));
  assert.deepEqual(parsePatterns('a*  # why\n\n# nothing\nb\n'), ['a*', 'b']);
});
