/** The guest program of the benchmarks: every row that the table knows runs, natively and under the floor. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { measure } from '../../../bench/measure.js';
import { allRows, callRows, type Row } from '../../../bench/rows.js';
import { Session } from '../../../bench/session.js';
import { compilePrograms, findTargets, type Places, type Target } from '../../../bench/targets.js';
import { scratchDirectory } from '../../support/run.js';
import { findTool, requireTool } from '../../support/tools.js';

let places: Places;
let targets: Target[] = [];

before(async () => {
  if (findTool('cc') === undefined) return;
  const directory = scratchDirectory('bench');
  places = {
    programs: await compilePrograms(directory),
    host: `${directory}/host`,
    wrapper: [],
  };
  mkdirSync(places.host);
  const names = new Set(['native', 'bare-trap']);
  targets = (await findTargets(places, { names, others: [] })).targets;
});

after(() => {
  for (const target of targets) {
    rmSync(target.memoryDirectory, { recursive: true, force: true });
  }
});

function run(rows: readonly Row[], target: Target, signal = new AbortController().signal) {
  return measure({
    rows: rows.map((row) => ({ ...row, firstIterations: 5 })),
    targets: [target],
    micro: places.programs.micro,
    rounds: 2,
    duration: 0.01,
    progress: () => undefined,
    between: () => undefined,
    signal,
  });
}

for (const name of ['native', 'bare-trap']) {
  test(`all its rows run: ${name}`, async (t) => {
    if (!requireTool(t, 'cc')) return;
    const target = targets.find((candidate) => candidate.name === name);
    if (target === undefined) {
      t.skip(`${name} does not run here`);
      return;
    }
    const rows = name === 'native' ? callRows : callRows.filter((row) => row.floor);
    const cells = await run(allRows, target);
    assert.deepEqual(
      cells.map((cell) => cell.row).filter((row) => row !== 'start'),
      rows.map((row) => row.name),
    );
    assert.deepEqual(
      cells.filter((cell) => cell.failed !== undefined),
      [],
    );
    for (const { row, samples, fastest } of cells) {
      assert.equal(samples.length, 2, row);
      assert.ok(
        samples.every((ns, i) => (fastest[i] as number) > 0 && ns >= (fastest[i] as number)),
        `${row}: ${samples.join(' ')}, fastest ${fastest.join(' ')}`,
      );
    }
  });
}

test('what cannot be measured says why, and nothing is run for it', async (t) => {
  if (!requireTool(t, 'cc')) return;
  const native = targets.find((target) => target.name === 'native') as Target;
  const blind = { ...native, hostDirectory: undefined };
  const rows = allRows.filter((row) => row.hostDirectory || row.name === 'getpid');
  const cells = await run(rows, blind);
  assert.deepEqual(
    cells.map((cell) => cell.samples.length),
    rows.map((row) => (row.name === 'getpid' ? 2 : 0)),
  );
});

test('an interrupted run ends at once, and so do its sandboxes', async (t) => {
  if (!requireTool(t, 'cc')) return;
  const native = targets.find((target) => target.name === 'native') as Target;
  let ended = 0;
  const counting: Target = {
    ...native,
    command: (words) => ({ ...native.command(words), discard: async () => void ended++ }),
  };
  const controller = new AbortController();
  const forEver = callRows.filter((row) => row.name === 'pipe-two');
  const running = measure({
    rows: forEver.map((row) => ({ ...row, firstIterations: 1e9 })),
    targets: [counting],
    micro: places.programs.micro,
    rounds: 1,
    duration: 1,
    progress: () => undefined,
    between: () => undefined,
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(new Error('enough')), 300);
  await assert.rejects(running, /enough/);
  assert.equal(ended, 1);
});

test('a row that fails, a sandbox that ends and one that hangs are told apart', async (t) => {
  if (!requireTool(t, 'cc')) return;
  const native = targets.find((target) => target.name === 'native') as Target;
  const serve = native.command([places.programs.micro, 'serve', native.memoryDirectory]);
  const session = await Session.open(serve);
  assert.equal(typeof (await session.ask('getpid', 10, 5000)), 'object');
  assert.match(String(await session.ask('host-read-1', 10, 5000)), /No such device/);
  assert.match(String(await session.ask('nonsense', 10, 5000)), /no such row/);
  assert.equal(typeof (await session.ask('getpid', 10, 5000)), 'object');
  assert.equal(await session.ask('getpid', 1e12, 200), 'timed out');
  assert.equal(session.ended, true);
  assert.match(String(await session.ask('getpid', 10, 5000)), /ended/);
  await session.close();

  const dying = await Session.open(native.command(['/bin/sh', '-c', 'echo sorry >&2; exit 3']));
  assert.match(String(await dying.ask('getpid', 10, 5000)), /ended: sorry/);
  await dying.close();
});
