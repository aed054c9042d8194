import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dumpAreas } from '../../../src/kernel/coredump/areas.js';

function area(head: string, rss: number, anonymous: number, flags = 'rd mr'): string {
  return `${head}\nRss: ${rss} kB\nAnonymous: ${anonymous} kB\nVmFlags: ${flags}\n`;
}

describe('memory in a core file', () => {
  const dumped = (text: string): number[] => dumpAreas(text).map((a) => a.dumped);

  it('is what the program made, and the head of what it only mapped', () => {
    const text =
      area('1000-3000 r--p 00000000 08:01 5 /bin/x', 8, 0) +
      area('3000-5000 r-xp 00002000 08:01 5 /bin/x', 8, 0) +
      area('5000-7000 r--p 00004000 08:01 5 /bin/x', 8, 4) +
      area('7000-9000 rw-p 00000000 00:00 0 [heap]', 8, 8) +
      area('9000-b000 rw-p 00000000 00:00 0 ', 0, 0);
    assert.deepEqual(dumped(text), [4096, 0, 8192, 8192, 0]);
  });

  it('is not that of devices, nor what madvise(2) excluded', () => {
    const text =
      area('1000-3000 rw-p 00000000 00:00 0 ', 8, 8, 'rd wr io') +
      area('3000-5000 rw-p 00000000 00:00 0 ', 8, 8, 'rd wr dd');
    assert.deepEqual(dumped(text), [0, 0]);
  });

  it('keeps names, offsets and rights', () => {
    const [a] = dumpAreas(area('3000-5000 r-xp 00002000 08:01 5   /lib/a b.so', 8, 0));
    assert.ok(a);
    assert.deepEqual(
      [a.start, a.end, a.readable, a.writable, a.executable, a.offset, a.file],
      [0x3000, 0x5000, true, false, true, 0x2000, '/lib/a b.so'],
    );
  });
});
