import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CaseFile } from '../../../compat/case-file.js';
import { readCases } from '../../../compat/case-file.js';
import { casesDirectory } from '../../../compat/paths.js';
import { caseDefects, keyDefects, selectCases, sourceChecks } from '../../../compat/select.js';
import { bundleConfig } from '../../../compat/targets/bundle.js';
import { createTarget, parseTarget, splitWords } from '../../../compat/targets/create.js';
import { fillTemplate, prefixTarget } from '../../../compat/targets/prefix.js';
import { runscFlags } from '../../../compat/targets/runsc.js';

describe('target', () => {
  test('words as a shell splits them', () => {
    assert.deepEqual(splitWords(`a 'b c' "d $NO_SUCH_VARIABLE e" f\\ g *.c {} --x='y z'`), [
      ...['a', 'b c', 'd  e', 'f g', '*.c', '{}', '--x=y z'],
    ]);
    for (const wrong of ['a | b', 'a > b', 'a; b', 'a & b']) {
      assert.throws(() => splitWords(wrong), /only words and quotes/, wrong);
    }
  });

  test('NAME, NAME=FLAGS and NAME=COMMAND', () => {
    assert.deepEqual(parseTarget('podman:crun'), { name: 'podman:crun', words: undefined });
    assert.deepEqual(parseTarget('runsc=--platform=kvm --debug'), {
      name: 'runsc',
      words: ['--platform=kvm', '--debug'],
    });
    assert.deepEqual(parseTarget('x=sh -c \'exec "$0"\' {}').words, ['sh', '-c', 'exec "$0"', '{}']);
    for (const wrong of ['', '=x', 'a b', '../x', 'x=', "x=''x|y"]) {
      assert.throws(() => parseTarget(wrong), Error, wrong);
    }
  });

  test('the command stands where {} does, or at the end', () => {
    assert.deepEqual(fillTemplate(['a', '{}', 'b'], ['c', 'd e'], '/w'), ['a', 'c', 'd e', 'b']);
    assert.deepEqual(fillTemplate(['a', '--dir={cwd}'], ['{}', 'x'], '/w'), ['a', '--dir=/w', '{}', 'x']);
    const target = prefixTarget({ name: 'x', version: '', command: 'nice' }, ['nice'], '');
    const { argv, env, cwd } = target.command(['p'], { cwd: '/w', env: { A: '1' } });
    assert.deepEqual({ argv, env, cwd }, { argv: ['nice', 'p'], env: { A: '1' }, cwd: '/w' });
  });

  test('runsc flags: what is given wins', () => {
    assert.deepEqual(runscFlags([], 'ptrace'), ['--platform=ptrace', '--network=none']);
    assert.deepEqual(runscFlags(['--platform=kvm', '-network=host'], 'ptrace'), [
      '--platform=kvm',
      '-network=host',
    ]);
  });

  test('a bundle runs the words where and with what it is told', () => {
    const config = bundleConfig(['p', 'a b'], { cwd: '/w', env: { A: '1' }, visible: ['/v'] }, '/r');
    const { process, mounts } = config as {
      process: { args: string[]; cwd: string; env: string[] };
      mounts: { destination: string; options?: string[] }[];
    };
    assert.deepEqual([process.args, process.cwd, process.env], [['p', 'a b'], '/w', ['A=1']]);
    const bind = (path: string): string[] | undefined =>
      mounts.find(({ destination }) => destination === path)?.options;
    assert.deepEqual(
      [bind('/w'), bind('/v')],
      [
        ['rbind', 'rw'],
        ['rbind', 'ro'],
      ],
    );
  });

  test('one that nobody knows is an error, one that does not work says why', async () => {
    await assert.rejects(createTarget(parseTarget('nobody')), /'nobody': expected native, tvisor/);
    assert.match(
      (await createTarget(parseTarget('x=/no/such/program'))).unavailable,
      /status 127: .*No such file/,
    );
    assert.equal((await createTarget(parseTarget('x=env A=1 {}'))).unavailable, '');
  });
});

describe('selection', () => {
  const entry = (name: string, rest: Partial<CaseFile>): CaseFile => ({
    ...{ name, family: 'file', source: `${casesDirectory}/case.h`, args: [], stdin: '', libs: [], flags: [] },
    ...{ timeout: 1, covers: [], tags: [] },
    ...rest,
  });
  const cases = [
    entry('open', { covers: ['openat'], tags: ['efault'] }),
    entry('open_more', { covers: ['openat', 'close'] }),
    entry('fork', { family: 'process', covers: ['clone'], tags: ['efault'] }),
  ];
  const selected = (selection: Partial<Parameters<typeof selectCases>[1]>): string[] =>
    selectCases(cases, { names: [], families: [], tags: [], calls: [], ...selection }).map(
      ({ name }) => name,
    );

  test('by name, family, tag and call, all of which must fit', () => {
    assert.deepEqual(selected({}), ['open', 'open_more', 'fork']);
    assert.deepEqual(selected({ names: ['open'] }), ['open']);
    assert.deepEqual(selected({ names: ['o'] }), ['open', 'open_more', 'fork']);
    assert.deepEqual(selected({ tags: ['efault'] }), ['open', 'fork']);
    assert.deepEqual(selected({ tags: ['efault'], families: ['file'] }), ['open']);
    assert.deepEqual(selected({ calls: ['close', 'clone'] }), ['open_more', 'fork']);
    assert.throws(() => selected({ calls: ['opennat'] }), /call 'opennat': no case has it/);
  });

  test('CHECKs of a source', () => {
    const source =
      'CHECK("read(a) write", "t (x)");\n  CHECK(calls,\n    "u");\nCHECK("pause", n ? "a" : "b"); RECHECK("x", "y");';
    assert.deepEqual(sourceChecks(source), [
      { calls: 'read(a) write', title: 't (x)' },
      { calls: undefined, title: 'u' },
      { calls: 'pause', title: undefined },
    ]);
  });

  test('names that are no calls, and expectations of no case', () => {
    assert.deepEqual(caseDefects(entry('x', { covers: ['openat', 'mkfifo'] })), [
      "file/x: 'mkfifo' is no system call",
    ]);
    assert.match(caseDefects(entry('x', {})).join(), /must stand in covers/);
    assert.deepEqual(keyDefects(['open', 'open/a/b', 'gone/c'], cases), ["'gone/c': no such case"]);
  });

  test('the cases of the suite are in order', () => {
    assert.deepEqual(readCases(casesDirectory).flatMap(caseDefects), []);
  });
});
