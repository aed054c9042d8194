import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeFrame, FrameReader } from '../../../src/control/frames.js';
import { MAX_FRAME } from '../../../src/control/protocol.js';

describe('frames of the control protocol', () => {
  const messages = [{ a: 1 }, { text: 'ä\u{1f600}\n' }, { list: Array.from({ length: 5000 }, (_, i) => i) }];

  it('come out as they went in, however the bytes are cut', () => {
    const bytes = Buffer.concat(messages.map((m) => encodeFrame(m)));
    for (const size of [1, 3, 7, 4096, bytes.length]) {
      const reader = new FrameReader();
      const out: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        reader.push(Buffer.from(bytes.subarray(at, at + size)));
        for (let m = reader.next(); m !== undefined; m = reader.next()) out.push(m);
      }
      assert.deepEqual(out, messages, `in pieces of ${size}`);
      assert.equal(reader.next(), undefined);
    }
  });

  it('are refused when their length or their text is wrong', () => {
    const huge = new FrameReader();
    huge.push(Buffer.from([0, 0, 0, 0xff]));
    assert.throws(() => huge.next(), /too large/);
    const broken = new FrameReader();
    broken.push(Buffer.from([1, 0, 0, 0, 0x7b]));
    assert.throws(() => broken.next(), SyntaxError);
    assert.throws(() => encodeFrame({ text: 'x'.repeat(MAX_FRAME) }), RangeError);
  });
});
