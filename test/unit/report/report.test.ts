/** The report of runs: what is in it, and that nothing in a run becomes markup. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { create } from 'xmlbuilder2';
import { buildReport } from '../../../report/build.js';
import { reportHtml } from '../../../report/html.js';
import type { Inputs } from '../../../report/inputs.js';
import { reportMarkdown } from '../../../report/markdown.js';
import { benchRun, hostileInputs, sampleInputs } from './sample.js';

const NONE: Inputs = { compat: [], ltp: [], bench: [], kernel: [], apps: [] };

/** The body as XML: every element is closed, and attributes are quoted. Throws if it is not well-formed. */
function parseBody(html: string): void {
  const body = /<body>[\s\S]*<\/body>/.exec(html)?.[0] ?? '';
  create(body);
}

/** The rows of the Markdown table that begins with this head. */
function tableOf(markdown: string, head: string): string[] {
  const lines = markdown.split('\n');
  const from = lines.indexOf(head);
  assert.notEqual(from, -1, `no table ${head}`);
  const end = lines.indexOf('', from);
  return lines.slice(from + 2, end);
}

describe('sections', () => {
  const report = buildReport(sampleInputs());

  test('there is one for each kind of run, and a history of two', () => {
    assert.deepEqual(
      report.sections.map(({ id }) => id),
      ['suite-cases', 'suite-ltp', 'micro', 'applications', 'kernel', 'history'],
    );
    assert.deepEqual(report.absent, []);
    assert.equal(report.date, '2026-01-03T00:00:00Z');
  });

  test('what there is no run of is said', () => {
    const { sections, absent } = buildReport({ ...NONE, bench: [benchRun('2026-01-03T00:00:00Z')] });
    assert.deepEqual(
      sections.map(({ id }) => id),
      ['micro'],
    );
    assert.deepEqual(
      absent.map(({ title }) => title),
      [
        'Compatibility',
        'Linux Test Project',
        'Applications',
        'The kernel by itself',
        'From commit to commit',
      ],
    );
    const page = reportHtml(buildReport(NONE));
    assert.match(page, /Micro benchmarks: no run found; npm run bench makes one/);
  });

  test('several files of a suite are one section, with the newest of each target', () => {
    const [ltp] = sampleInputs().ltp;
    assert.ok(ltp);
    const [native, tvisor] = ltp.targets;
    assert.ok(native && tvisor);
    const newer = { ...ltp, started: '2026-02-01T00:00:00Z', targets: [{ ...tvisor, cases: native.cases }] };
    const other = { ...ltp, suite: 'gtest' as const, targets: [tvisor] };
    const { sections } = buildReport({ ...NONE, ltp: [newer, ltp, other] });
    assert.deepEqual(
      sections.map(({ id, taken }) => [id, taken.filter((line) => /^\d+ tests?/.test(line)).length]),
      [
        ['suite-ltp', 2],
        ['suite-gtest', 1],
      ],
    );
    assert.ok(sections[0]?.notes.every((note) => !note.includes('same number')));
    assert.match(
      reportMarkdown(buildReport({ ...NONE, ltp: [ltp] })),
      /the same number of tests: native 3, tvisor 5\./,
    );
    const rows = sections[0]?.figures[0]?.table.rows.map(([name, passed]) => [name, passed]);
    assert.deepEqual(rows, [
      ['native', '3'],
      ['tvisor', '3'],
    ]);
  });

  test('a target has the same place in every plot', () => {
    const styles = report.sections.flatMap(({ figures }) =>
      figures.flatMap(({ plot }) => ('series' in plot && plot.kind === 'dots' ? plot.series : [])),
    );
    const tvisor = new Set(styles.filter(({ name }) => name === 'tvisor').map(({ style }) => style));
    assert.equal(tvisor.size, 1);
  });

  test('rates are turned round, so that less is always better', () => {
    const plot = report.sections.find(({ id }) => id === 'applications')?.figures[0]?.plot;
    assert.ok(plot?.kind === 'dots');
    assert.deepEqual(plot.rows, ['git: clone', 'redis: GET']);
    assert.deepEqual(
      plot.series.map(({ name, values }) => [name, ...values.map((value) => value?.value)]),
      [['tvisor', 1.5, 4]],
    );
  });
});

describe('Markdown', () => {
  const markdown = reportMarkdown(buildReport(sampleInputs()));

  test('tables have the figures of the runs', () => {
    assert.deepEqual(tableOf(markdown, '| operation | tvisor : native | tvisor : bare-trap |'), [
      '| getppid | 50.0x | 1.25x |',
    ]);
    assert.deepEqual(
      tableOf(markdown, '| operation | native | bare-trap | tvisor | bare-trap : native | tvisor : native |'),
      ['| getppid | 100 ns ±10.0 | 4.00 us ±0.10 | 5.00 us ±0.00 | 40.0x | 50.0x |'],
    );
    assert.deepEqual(tableOf(markdown, '| application | native | tvisor |'), [
      '| git: clone | 100 ms | 150 ms (1.50x) |',
      '| redis: GET | 1000 requests/s | 250 requests/s (4.00x) |',
    ]);
    assert.deepEqual(tableOf(markdown, '| run | commit | getppid |'), [
      '| 2026-01-02 00:00 | 0123456 | 1.50x |',
      '| 2026-01-03 00:00 | 0123456 | 1.25x |',
    ]);
    assert.deepEqual(
      tableOf(markdown, '| target | checks that pass | share | calls whose checks all pass | the rest |'),
      [
        '| native | 5/5 | 100 % | 5/5 | none |',
        '| tvisor | 2/6 | 33.3 % | 1/5 | 2 failed, 1 known gap, 1 not reached, 1 skipped |',
      ],
    );
  });

  test('it says what is missing and how figures were taken', () => {
    assert.match(markdown, /- runc: not run: runc: not installed/);
    assert.match(markdown, /- runsc: timed out: getppid/);
    assert.match(markdown, /- nginx on tvisor: skipped: no sockets/);
    assert.match(markdown, /3 rounds, loops of 50 ms, not pinned/);
    assert.match(markdown, /idle: processor time of one: 0 ms a second, as far as can be measured/);
  });

  test('warnings stand before the figures', () => {
    const run = benchRun('2026-01-03T00:00:00Z');
    run.noise.warnings = ['the load was 9'];
    const noisy = reportMarkdown(buildReport({ ...NONE, bench: [run] }));
    assert.match(noisy, /## What a call costs\n\n> \*\*The machine was not quiet[^\n]*: the load was 9\./);
  });

  test('every row of a hostile table has as many cells as its head', () => {
    const lines = reportMarkdown(buildReport(hostileInputs())).split('\n');
    const cells = (line: string): number => line.replace(/\\./g, '').split('|').length;
    const separators = lines.flatMap((line, i) => (/^\| --- \|/.test(line) ? [i] : []));
    assert.ok(separators.length > 8);
    for (const at of separators) {
      for (let i = at - 1; (lines[i] ?? '') !== ''; i++) {
        assert.equal(cells(lines[i] as string), cells(lines[at] as string), lines[i]);
      }
    }
    assert.doesNotMatch(lines.join('\n'), /<script|<img|[^\\]\[link\]\(/);
  });
});

describe('page', () => {
  const pages = {
    sample: reportHtml(buildReport(sampleInputs())),
    hostile: reportHtml(buildReport(hostileInputs())),
  };

  for (const [name, html] of Object.entries(pages)) {
    test(`${name}: it is well-formed and needs nothing from outside`, () => {
      parseBody(html);
      assert.doesNotMatch(html, /<(?:script|img|iframe|link|object|embed)\b|<[^>]*\s(?:src|on\w+|style)=/i);
      assert.doesNotMatch(html, /@import|url\(|<\?xml|<!\[CDATA/);
      for (const [, href] of html.matchAll(/<[^>]*\shref="([^"]*)"/g)) {
        assert.match(href as string, /^#[\w-]+$/);
      }
      assert.doesNotMatch(html, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202e\ufffe\uffff]|NaN|Infinity|undefined/);
    });

    test(`${name}: its policy allows its own style and nothing else`, () => {
      const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
      assert.equal(
        policy,
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
      );
    });

    test(`${name}: each plot has words and a table, and is drawn for two widths`, () => {
      const figures = html.split('<figure ').slice(1);
      assert.ok(figures.length >= 9, `${figures.length} figures`);
      for (const figure of figures) {
        assert.equal(
          figure.match(/<svg class="(?:wide|narrow)" viewBox="[^"]*" role="img" aria-label="[^"]+">/g)
            ?.length,
          2,
        );
        assert.match(figure, /<tbody>\s*<tr>/);
      }
    });
  }

  test('marks are where their values are', () => {
    // On the axis from 10 ns to 10 us, 100 ns is at one third and 5 us near the right end.
    const [, svg = ''] = /<h3>made up[\s\S]*?(<svg class="wide"[\s\S]*?<\/svg>)/.exec(pages.sample) ?? [];
    const ticks = Array.from(
      svg.matchAll(/<text [^>]*translate\(([\d.]+) [^>]*>([^<]*)<\/text>/g),
      ([, x, text]) => [text, Number(x)],
    );
    const at = new Map(ticks as [string, number][]);
    const marks = Array.from(svg.matchAll(/<path d="M([\d.]+)[^"]*"[^>]*fill="var\(--(soft|accent)\)"/g));
    const x = new Map(marks.map(([, left, colour]) => [colour, Number(left)]));
    assert.ok(Math.abs((x.get('soft') as number) - (at.get('100 ns') as number)) < 6);
    const fiveMicroseconds =
      (at.get('1 us') as number) + Math.log10(5) * ((at.get('10 us') as number) - (at.get('1 us') as number));
    assert.ok(Math.abs((x.get('accent') as number) - fiveMicroseconds) < 6);
  });
});
