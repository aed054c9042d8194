import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CaseResult, Outcome } from '../../../compat/model.js';
import { groupFailures } from '../../../compat/outside/groups.js';

function result(name: string, outcome: Outcome, detail: string): CaseResult {
  return {
    name,
    family: 'syscalls',
    tags: [],
    outcome,
    expected: 'pass',
    reason: '',
    milliseconds: 1,
    detail,
    checks: [],
    counts: {},
  };
}

test('failures with the same words but other numbers and paths are one group; passes and skips are in none', () => {
  const groups = groupFailures([
    result('a', 'fail', 'TFAIL: open(/tmp/LTP_abc/x, 2) failed: ENOSYS (38)'),
    result('b', 'pass', ''),
    result('c', 'broken', '\nTBROK: shmget(12, 0x400): ENOSYS (38)\nmore'),
    result('d', 'fail', 'TFAIL: open(/root/y, -1) failed: ENOSYS (38)'),
    result('e', 'skip', 'not here'),
    result('f', 'broken', 'TBROK: shmget(7, 0x1): ENOSYS (38)'),
    result('g', 'timeout', 'time limit'),
    result('h', 'broken', 'TBROK: shmget(7, 0x1): ENOSYS (38)'),
  ]);
  assert.deepEqual(groups, [
    { outcome: 'broken', words: 'TBROK: shmget(N, N): ENOSYS (N)', cases: ['c', 'f', 'h'] },
    { outcome: 'fail', words: 'TFAIL: open(PATH, N) failed: ENOSYS (N)', cases: ['a', 'd'] },
    { outcome: 'timeout', words: 'time limit', cases: ['g'] },
  ]);
});
