import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIGINT } from '../../../src/abi/signal.js';
import { ECHO, ECHOK, ECHOKE, ICANON, ICRNL, IGNCR, ISIG, NOFLSH, OPOST } from '../../../src/abi/termios.js';
import { LineDiscipline } from '../../../src/kernel/line-discipline.js';

/** A discipline whose host writes down what it hears. */
function terminal() {
  const seen = { echo: '', signals: [] as number[], stopped: [] as boolean[], wakes: 0, flushed: 0 };
  const ld = new LineDiscipline({
    echo: (b) => (seen.echo += Buffer.from(b).toString('latin1')),
    signal: (s) => seen.signals.push(s),
    readable: () => seen.wakes++,
    setStopped: (s) => seen.stopped.push(s),
    flushOutput: () => seen.flushed++,
  });
  return {
    ld,
    seen,
    type: (text: string) => ld.receive(Buffer.from(text, 'latin1')),
    read: (max = 4096) => Buffer.from(ld.take(max)).toString('latin1'),
    modes: (change: { lset?: number; lclear?: number; iset?: number; iclear?: number; min?: number }) => {
      const t = ld.termios;
      const cc = t.cc.slice();
      if (change.min !== undefined) cc[6] = change.min;
      ld.setTermios({
        ...t,
        cc,
        lflag: (t.lflag | (change.lset ?? 0)) & ~(change.lclear ?? 0),
        iflag: (t.iflag | (change.iset ?? 0)) & ~(change.iclear ?? 0),
      });
    },
  };
}

test('a typed line can be edited before it is read', () => {
  const t = terminal();
  t.type('ab\x7fc\x15de f\x17x');
  assert.equal(t.ld.hasInput(), false);
  t.type('\x04');
  assert.equal(t.seen.echo, 'ab\b \bc\b \b\b \bde f\b \bx', 'as Linux echoes it');
  assert.equal(t.read(), 'de x');
  assert.equal(t.ld.hasInput(), false, 'the end-of-file character after text only ends the line');
});

test('a read gives at most one line, and part of one if the buffer is small', () => {
  const t = terminal();
  t.type('one\rtwo\n');
  assert.equal(t.ld.available, 8);
  assert.equal(t.read(2), 'on');
  assert.equal(t.read(), 'e\n');
  assert.equal(t.read(), 'two\n');
  assert.equal(t.seen.echo, 'one\r\ntwo\r\n');
});

test('end of file on an empty line reads as nothing, once', () => {
  const t = terminal();
  t.type('\x04');
  assert.equal(t.ld.hasInput(), true);
  assert.equal(t.read(), '');
  assert.equal(t.ld.hasInput(), false);
});

test('signal characters: flush, echo, signal', () => {
  const t = terminal();
  t.type('a\tb\x03');
  assert.deepEqual(t.seen.signals, [SIGINT]);
  assert.equal(t.seen.flushed, 1);
  assert.ok(t.seen.echo.endsWith('^C'));
  t.type('\n');
  assert.equal(t.read(), '\n', 'what was typed before is gone');
  t.modes({ lset: NOFLSH });
  t.type('keep\x03\n');
  assert.equal(t.read(), 'keep\n');
  t.modes({ lclear: ISIG });
  t.type('\x03\n');
  assert.equal(t.read(), '\x03\n');
});

test('the next character taken as it is', () => {
  const t = terminal();
  t.type('\x16\x03\n');
  assert.deepEqual(t.seen.signals, []);
  assert.equal(t.read(), '\x03\n');
  assert.equal(t.seen.echo, '^\b^C\r\n');
});

test('stop and start', () => {
  const t = terminal();
  t.type('\x13');
  assert.equal(t.ld.stopped, true);
  t.type('\x11');
  assert.deepEqual(t.seen.stopped, [true, false]);
});

test('raw mode gives bytes as they come; VMIN decides about poll', () => {
  const t = terminal();
  t.modes({ lclear: ICANON | ECHO | ISIG, iclear: ICRNL, min: 3 });
  t.type('\r\x03');
  assert.equal(t.ld.pollReadable, false);
  assert.equal(t.ld.available, 2);
  t.type('x');
  assert.equal(t.ld.pollReadable, true);
  assert.equal(t.read(2), '\r\x03');
  assert.equal(t.read(), 'x');
  assert.equal(t.seen.echo, '');
});

test('input survives a change between raw and canonical mode', () => {
  const t = terminal();
  t.type('half');
  assert.equal(t.ld.hasInput(), false);
  t.modes({ lclear: ICANON });
  assert.equal(t.ld.available, 4);
  assert.equal(t.read(1), 'h');
  t.modes({ lset: ICANON });
  assert.equal(t.read(), 'alf');
});

test('too long a line is cut, and its end can still be typed', () => {
  const t = terminal();
  t.modes({ lclear: ECHO });
  assert.equal(t.type('x'.repeat(5000)), 5000);
  assert.equal(t.type('\n'), 1);
  assert.equal(t.read(8192).length, 4096);
  t.modes({ lclear: ICANON });
  assert.equal(t.type('x'.repeat(5000)), 4095, 'raw input waits outside');
});

test('carriage returns, kill without visual erase, output processing', () => {
  const t = terminal();
  t.modes({ iset: IGNCR });
  t.type('a\rb\n');
  assert.equal(t.read(), 'ab\n');
  t.seen.echo = '';
  t.modes({ lclear: ECHOKE });
  t.type('ab\x15');
  assert.equal(t.seen.echo, 'ab^U\r\n');
  t.modes({ lclear: ECHOK });
  assert.equal(Buffer.from(t.ld.processOutput(Buffer.from('a\nb\r'))).toString(), 'a\r\nb\r');
  t.ld.setTermios({ ...t.ld.termios, oflag: t.ld.termios.oflag & ~OPOST });
  assert.equal(Buffer.from(t.ld.processOutput(Buffer.from('a\n'))).toString(), 'a\n');
});

test('erasing a tab moves back over its columns', () => {
  const t = terminal();
  t.type('abc\t\x7f');
  assert.equal(t.seen.echo, 'abc\t\b\b\b\b\b');
});
