/** Runs for the tests of the reporters: small ones, and one whose tests print everything that should not be printed. */
import type { CaseResult, CheckResult, CompatRun, Outcome, TargetRun } from '../../../compat/model.js';

export const HOSTILE = [
  '</script><script>alert(1)</script>',
  '</style><img src=x onerror=alert(2)>',
  '-->]]>]]><!-- <![CDATA[ &amp; "double" \'single\' `tick`',
  '```\n# heading | cell\n[link](javascript:alert(3))',
  'nul \0 bell \x07 escape \x1b[31mred\x1b[0m delete \x7f c1 \x9b direction \u202e half \ud800 none \uffff',
].join('\n');

export function check(title: string, calls: string, outcome: Outcome = 'pass', detail = ''): CheckResult {
  const parsed = calls
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const match = /^(\w+)(?:\((.*)\))?$/.exec(word);
      return { name: match?.[1] ?? word, detail: match?.[2] ?? '' };
    });
  return { title, calls: parsed, outcome, detail };
}

export function caseResult(path: string, checks: CheckResult[], more: Partial<CaseResult> = {}): CaseResult {
  const [family = '', name = ''] = path.split('/');
  const worst = checks.find((one) => one.outcome !== 'pass')?.outcome ?? 'pass';
  return {
    name,
    family,
    tags: [],
    outcome: worst,
    expected: 'pass',
    reason: '',
    milliseconds: 100,
    detail: '',
    checks,
    counts: {},
    ...more,
  };
}

export function target(name: string, cases: CaseResult[], unavailable = ''): TargetRun {
  return { target: { name, version: `${name} 1.0`, command: `${name} run {}` }, unavailable, cases };
}

export function compatRun(targets: TargetRun[], more: Partial<CompatRun> = {}): CompatRun {
  return {
    format: 'tvisor-compat/1',
    suite: 'cases',
    started: '2026-01-02T03:04:05.678Z',
    seconds: 12.5,
    machine: {
      cpu: 'Imagined CPU',
      cores: 2,
      virtual: true,
      architecture: 'x64',
      memoryGiB: 8,
      kernel: '6.1.0',
      node: 'v20.0.0',
      load: 0.5,
      governor: 'none',
    },
    targets,
    ...more,
  };
}

/** Two targets and one that cannot be run, with every outcome there is. */
export function sampleRun(): CompatRun {
  const good = [
    caseResult('file/open_flags', [
      check('a new file', 'openat(O_CREAT|O_EXCL) close'),
      check('a directory', 'openat(O_DIRECTORY)'),
    ]),
    caseResult('process/clone_flags', [check('shares', 'clone(CLONE_VM)'), check('threads', 'clone')]),
    caseResult('time/timers', [check('rings', 'timer_create timer_settime')], { tags: ['efault'] }),
  ];
  const bad = [
    caseResult('file/open_flags', [
      check('a new file', 'openat(O_CREAT|O_EXCL) close', 'fail', '- open: -1 EEXIST\n+ open: 3'),
      check('a directory', 'openat(O_DIRECTORY)'),
    ]),
    caseResult('process/clone_flags', [
      check('shares', 'clone(CLONE_VM)', 'crash', 'killed by SIGSEGV'),
      check('threads', 'clone', 'not-reached'),
    ]),
    caseResult('signal/signalfd_reads', [check('reads', 'signalfd4', 'fail', '- 128\n+ ENOSYS')], {
      expected: 'fail',
      reason: 'there is no signalfd',
    }),
    caseResult('time/timers', [check('rings', 'timer_create timer_settime', 'skip', 'no clock')], {
      tags: ['efault'],
    }),
    caseResult('file/old_gap', [check('works now', 'flock')], { expected: 'fail', reason: 'was missing' }),
  ];
  return compatRun([
    target('native', good),
    target('tvisor', bad),
    target('runc', [], 'runc: not installed'),
  ]);
}

/** Everything that a test can choose is hostile. */
export function hostileRun(): CompatRun {
  const long = 'x'.repeat(1 << 20);
  const cases = [
    caseResult(`${HOSTILE.replaceAll('/', '!')}/${HOSTILE}`, [
      check(HOSTILE, '', 'fail', HOSTILE),
      {
        title: 'call',
        calls: [{ name: HOSTILE, detail: HOSTILE }],
        outcome: 'fail',
        detail: `${long}\n${long}`,
      },
      check('many lines', 'read', 'fail', '+ line\n'.repeat(100_000)),
    ]),
    caseResult('file/__proto__', [check('constructor', 'constructor __proto__', 'broken', HOSTILE)], {
      tags: [HOSTILE, '__proto__'],
      counts: { [HOSTILE]: 3, __proto__: 4 },
    }),
    caseResult('file/known', [check('gap', 'write', 'fail', 'no')], { expected: 'fail', reason: HOSTILE }),
    caseResult('file/whole', [check('fine', 'write')], { outcome: 'timeout', detail: HOSTILE }),
    caseResult('file/skips', [check('later', 'write', 'skip', HOSTILE)]),
  ];
  const hostile = target('hostile', cases);
  hostile.target = { name: HOSTILE, version: HOSTILE, command: HOSTILE };
  return compatRun([hostile, { ...hostile, cases: [], unavailable: HOSTILE }], { suite: 'ltp' });
}
