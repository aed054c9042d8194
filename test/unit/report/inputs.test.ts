/** Which files a report is made of, and what is said of wrong ones. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { InputError, readInput, readInputs } from '../../../report/inputs.js';
import { sampleRun } from '../compat/sample.js';
import { appsRun, benchRun } from './sample.js';

const directory = mkdtempSync(join(tmpdir(), 'tvisor-report-'));
after(() => rmSync(directory, { recursive: true }));

function write(name: string, contents: unknown): string {
  const file = join(directory, name);
  writeFileSync(file, typeof contents === 'string' ? contents : JSON.stringify(contents));
  return file;
}

/** The message is one line that names the file. */
function refuses(file: string, kind: Parameters<typeof readInput>[1], words: RegExp): void {
  assert.throws(
    () => readInput(file, kind),
    (error) =>
      error instanceof InputError &&
      words.test(error.message) &&
      !error.message.includes('\n') &&
      error.message.startsWith(file),
  );
}

describe('a wrong file', () => {
  test('is named with what is wrong', () => {
    refuses(join(directory, 'absent.json'), 'bench', /ENOENT/);
    refuses(write('broken.json', '{"format": '), 'bench', /JSON/);
    refuses(write('null.json', 'null'), 'apps', /is not a run of npm run bench:apps$/);
    refuses(write('compat.json', sampleRun()), 'bench', /but a run of the compatibility cases.*use --compat/);
  });

  test('that is only half a run is refused', () => {
    const { noise: _, ...rest } = benchRun('2026-01-01T00:00:00Z');
    refuses(write('half.json', rest), 'bench', /noise: is no object/);
    const run = sampleRun() as { targets: unknown[] };
    refuses(
      write('cases.json', { ...run, targets: [{ target: {}, cases: [] }] }),
      'compat',
      /targets\[0\]\.target\.name: is no string/,
    );
    const odd = sampleRun();
    Object.assign(odd.targets[0]?.cases[0] ?? {}, { outcome: '__proto__' });
    refuses(write('odd.json', odd), 'compat', /unknown outcome '__proto__'/);
    const apps = appsRun();
    refuses(
      write('apps.json', { ...apps, figures: [{ ...apps.figures[0], samples: [-1] }] }),
      'apps',
      /below 0/,
    );
  });
});

describe('without names', () => {
  const found = mkdtempSync(join(directory, 'found-'));
  writeFileSync(join(found, 'a.json'), JSON.stringify(benchRun('2026-01-03T00:00:00Z')));
  writeFileSync(join(found, 'b.json'), JSON.stringify(benchRun('2026-01-04T00:00:00Z')));
  writeFileSync(join(found, 'c.json'), JSON.stringify(sampleRun()));
  writeFileSync(join(found, 'broken.json'), '{');
  writeFileSync(join(found, 'other.json'), '{"format": "other"}');

  test('the newest comes first, and other files are passed over', () => {
    const inputs = readInputs({}, [found, join(found, 'absent')]);
    assert.deepEqual(
      inputs.bench.map(({ started }) => started),
      ['2026-01-04T00:00:00Z', '2026-01-03T00:00:00Z'],
    );
    assert.equal(inputs.compat.length, 1);
    assert.deepEqual(inputs.apps, []);
  });

  test('a named file stands for all of its kind', () => {
    const inputs = readInputs({ bench: [join(found, 'a.json')] }, [found]);
    assert.deepEqual(
      inputs.bench.map(({ started }) => started),
      ['2026-01-03T00:00:00Z'],
    );
    assert.equal(inputs.compat.length, 1);
  });
});
