/** The guest writes where it likes, and nothing of it reaches the host. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runSandbox } from '../support/run.js';
import { withScratch } from '../support/scratch.js';
import { requireTvisor } from '../support/tools.js';

/** A small tree, and a way of saying what is in it. */
function makeTree(directory: string): void {
  writeFileSync(join(directory, 'file'), 'original');
  mkdirSync(join(directory, 'sub'));
  writeFileSync(join(directory, 'sub', 'inner'), 'inner');
  symlinkSync('file', join(directory, 'link'));
}

function describeTree(directory: string): string {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(directory, name);
      const stat = statSync(path);
      return `${name} ${stat.mode} ${stat.uid} ${stat.mtimeMs} ${stat.isFile() ? readFileSync(path, 'utf8') : ''}`;
    })
    .join('\n');
}

const changes = [
  ['overwriting', 'echo changed > file; cat file', 'changed\n'],
  ['appending', 'echo more >> sub/inner; cat sub/inner', 'innermore\n'],
  ['removing', 'rm -r sub file; ls', 'link\n'],
  ['renaming', 'mv sub moved; mv file moved/; ls; ls moved', 'link\nmoved\nfile\ninner\n'],
  ['modes and times', 'chmod 700 file; touch -d @5 file; stat -c "%a %Y" file', '700 5\n'],
  [
    'new names',
    'mkdir new; echo x > new/y; ln file hard; ln -s x sym; mkfifo f; ls',
    'f\nfile\nhard\nlink\nnew\nsub\nsym\n',
  ],
  ['through a link', 'echo via > link; cat file; readlink link', 'via\nfile\n'],
  ['replacing a directory', 'rm -r sub; mkdir sub; ls -A sub; touch sub/a; ls sub', 'a\n'],
] as const;

describe('overlay', () => {
  for (const [name, script, expected] of changes) {
    test(`${name} is seen inside and not outside`, async (t) => {
      if (!requireTvisor(t)) {
        return;
      }
      await withScratch('overlay', async (directory) => {
        makeTree(directory);
        chmodSync(directory, 0o755);
        const before = describeTree(directory);
        const result = await runSandbox(['sh', '-c', script], { cwd: directory });
        assert.equal(result.stdout, expected, result.stderr);
        assert.equal(describeTree(directory), before);
      });
    });
  }

  test('a file at the root of the machine is gone afterwards', async (t) => {
    if (!requireTvisor(t)) {
      return;
    }
    const name = `/tvisor-test-${process.pid}`;
    const result = await runSandbox(['sh', '-c', `echo here > ${name} && cat ${name}`]);
    if (process.getuid?.() === 0) {
      assert.equal(result.stdout, 'here\n', result.stderr);
    }
    assert.equal(existsSync(name), false);
    assert.notEqual((await runSandbox(['cat', name])).status, 0);
  });

  test('a volume is written through, a read-only one is not', async (t) => {
    if (!requireTvisor(t)) {
      return;
    }
    await withScratch('volume', async (directory) => {
      makeTree(directory);
      const script = 'echo new > /tmp/vol/made && cat /tmp/vol/file';
      const written = await runSandbox(['sh', '-c', script], {
        flags: ['--volume', `${directory}:/tmp/vol`],
      });
      assert.equal(written.stdout, 'original', written.stderr);
      assert.equal(readFileSync(join(directory, 'made'), 'utf8'), 'new\n');
      const before = describeTree(directory);
      const refused = await runSandbox(
        ['sh', '-c', 'cat /tmp/vol/file; echo x > /tmp/vol/file; rm /tmp/vol/file'],
        {
          flags: ['--volume', `${directory}:/tmp/vol:ro`],
        },
      );
      assert.equal(refused.stdout, 'original');
      assert.match(refused.stderr, /Read-only file system/);
      assert.notEqual(refused.status, 0);
      assert.equal(describeTree(directory), before);
    });
  });
});
