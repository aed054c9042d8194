import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { create } from 'xmlbuilder2';
import { toHtml } from '../../../compat/report/html.js';
import { toJunit } from '../../../compat/report/junit.js';
import { toMarkdown } from '../../../compat/report/markdown.js';
import { cut, escapeMarkdown, fencedBlock, firstLine, visible } from '../../../compat/report/text.js';
import { syscallTable } from '../../../syscalls/table.js';
import { caseResult, check, compatRun, hostileRun, sampleRun, target } from './sample.js';

/** What no report may contain as it is: control characters, half characters, text that turns round. */
const UNFIT = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202e\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/;

describe('text', () => {
  test('control characters are shown, not obeyed', () => {
    assert.equal(visible('a\0b\x1b[31m\x7f\x9b\u202e\ud800'), 'a␀b␛[31m␡\ufffd\ufffd\ufffd');
    assert.equal(visible('tab\tline\n'), 'tab\tline\n');
    assert.equal(visible('𝄞 é'), '𝄞 é');
  });

  test('what is cut is counted', () => {
    assert.equal(
      cut('12345\nab\ncd\n\n', { columns: 3, lines: 2 }),
      '123… (2 more characters)\nab\n… (1 more lines)',
    );
    assert.equal(firstLine('\n\n  word\nmore'), 'word');
  });

  test('Markdown shows it as it is', () => {
    assert.equal(escapeMarkdown('a|b *c* <i>\n@d __e_f__'), 'a\\|b \\*c\\* &lt;i&gt; &#64;d \\_\\_e_f\\_\\_');
    assert.equal(fencedBlock('a\n````\nb', 'diff'), '`````diff\na\n````\nb\n`````');
  });
});

describe('JUnit', () => {
  test('each outcome has its element, and counts agree', () => {
    const xml = toJunit(sampleRun());
    assert.match(
      xml,
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="tvisor compat: cases" tests="13" failures="1" errors="1" skipped="4" time="0.800">/,
    );
    assert.match(
      xml,
      /<testsuite name="tvisor\/file" timestamp="2026-01-02T03:04:05" tests="3" failures="1" errors="0" skipped="0" time="0.200">/,
    );
    assert.match(
      xml,
      /<testcase classname="tvisor.file.open_flags" name="a new file" time="0.050">\s*<failure type="fail" message="\+ open: 3">- open: -1 EEXIST\n\+ open: 3<\/failure>/,
    );
    assert.match(xml, /<error type="crash" message="killed by SIGSEGV">/);
    assert.match(xml, /<skipped message="known gap: there is no signalfd"\/>/);
    assert.match(xml, /<skipped message="not reached: the case ended before"\/>/);
    assert.match(xml, /<skipped message="skipped: no clock"\/>/);
    assert.match(xml, /<skipped message="runc: not installed"\/>/);
    assert.match(xml, /<system-out>listed as a known gap, but passes<\/system-out>/);
  });

  test('hostile words leave it well-formed, whole and small', () => {
    const xml = toJunit(hostileRun());
    assert.doesNotMatch(xml, UNFIT);
    assert.ok(xml.length < 100_000, `${xml.length} bytes`);
    const parsed = create(xml).end({ format: 'object' }) as { testsuites: Record<string, unknown> };
    assert.equal(parsed.testsuites['@tests'], '9');
    assert.doesNotMatch(xml, /<script|<img|<!\[CDATA/);
  });
});

describe('Markdown', () => {
  test('rows are all calls, and failing cases are linked', () => {
    const markdown = toMarkdown(sampleRun());
    for (const { nr, name } of syscallTable) {
      assert.ok(markdown.includes(`\n| ${nr} | \`${name}\` | `), name);
    }
    assert.match(
      markdown,
      /\| 257 \| `openat` \| full, notify \| 🟢 2\/2 \| 🔴 1\/2<br>\[open_flags\]\(#case-0\) \|/,
    );
    assert.match(markdown, /<a id="case-0"><\/a>\n<details><summary>file\/open_flags: 1 check<\/summary>/);
    assert.match(markdown, /```diff\n- open: -1 EEXIST\n\+ open: 3\n```/);
    assert.match(markdown, /not run: runc: not installed/);
    assert.match(markdown, /known gaps that pass: old_gap/);
  });

  test('hostile words stay text', () => {
    const markdown = toMarkdown(hostileRun());
    assert.doesNotMatch(markdown, UNFIT);
    assert.ok(markdown.length < 200_000, `${markdown.length} bytes`);
    const outside = markdown.replace(/^(`{3,})[^`]*\n[\s\S]*?^\1$/gm, '');
    assert.doesNotMatch(outside, /<(?!\/?details>|\/?summary>|a id="case-\d+">|\/a>|br>)/);
    assert.doesNotMatch(outside, /^# heading|\]\(javascript/m);
  });

  test('every row of a table has as many cells as its head', () => {
    for (const run of [sampleRun(), hostileRun()]) {
      let width = 0;
      for (const line of toMarkdown(run).split('\n')) {
        const cells = line.startsWith('| ') ? line.split(/(?<!\\)\|/).length : 0;
        assert.ok(width === 0 || cells === 0 || cells === width, line);
        width = cells;
      }
    }
  });
});

describe('HTML', () => {
  test('shows every call, and each failing check once', () => {
    const html = toHtml(sampleRun());
    for (const { name } of syscallTable) {
      assert.ok(html.includes(`<tr id="call-${name}" `), name);
    }
    assert.equal(html.split('<article ').length - 1, 4);
    assert.match(
      html,
      /<a class="cell fail" href="#f0" data-f="f0" title="1 failed" aria-label="openat on tvisor: 1\/2, 1 failed">1\/2<\/a>/,
    );
    assert.match(
      html,
      /<span class="remove">- open: -1 EEXIST<\/span>\n<span class="add">\+ open: 3<\/span>/,
    );
    assert.match(html, /class="card away"><h3>runc<\/h3>.*runc: not installed/);
    assert.match(html, /tvisor 1\.0/);
    assert.match(html, /Linux 6\.1\.0/);
  });

  test('every link leads to something', () => {
    for (const run of [sampleRun(), hostileRun()]) {
      const html = toHtml(run);
      const ids = Array.from(html.matchAll(/ id="([^"]*)"/g), ([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, 'an id is there twice');
      for (const [, links] of html.matchAll(/ (?:href="#|data-f=")([^"]*)"/g)) {
        for (const id of (links ?? '').split(' ')) {
          assert.ok(ids.includes(id), `#${id}`);
        }
      }
    }
  });

  test('fetches nothing', () => {
    const html = toHtml(sampleRun());
    assert.doesNotMatch(html, /https?:|\bsrc=|@import|url\(|<link\b/);
    assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
  });

  test('hostile words are text: the elements are ours alone', () => {
    const html = toHtml(hostileRun());
    assert.doesNotMatch(html, UNFIT);
    assert.ok(html.length < 400_000, `${html.length} bytes`);
    const ours = new Set(Array.from(toHtml(sampleRun()).matchAll(/<\/?([a-z][\w-]*)/gi), ([, name]) => name));
    for (const [, name] of html.matchAll(/<\/?([a-z][\w-]*)/gi)) {
      assert.ok(ours.has(name), `<${name}>`);
    }
    assert.equal(html.split(/<script\b/i).length - 1, 1);
    assert.equal(html.split(/<\/script/i).length - 1, 1);
    const attributes = html.replace(/"[^"]*"/g, '""');
    assert.doesNotMatch(attributes, /<[^>]*\son[a-z]+=/i);
  });
});

test('thousands of failures with long words stay a page that opens', () => {
  const words = 'a line of some words that a test has printed\n'.repeat(200);
  const cases = Array.from({ length: 3000 }, (_, i) =>
    caseResult(`ltp/test${i}`, [check('t', 'read', 'fail', words)]),
  );
  const run = compatRun([target('t', cases)], { suite: 'ltp' });
  assert.ok(toHtml(run).length < 10_000_000);
  assert.ok(toMarkdown(run).length < 1_000_000);
});
