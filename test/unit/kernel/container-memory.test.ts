import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ENOMEM } from '../../../src/abi/errno.js';
import { createAnonFile } from '../../../src/fs/tmpfs/tmpfs.js';
import { ContainerMemory, type MemoryOwner, type Victim } from '../../../src/kernel/container-memory.js';
import { TimerQueue } from '../../../src/kernel/timers.js';
import { BufferSource } from '../../../src/kernel/useriov.js';
import type { Native } from '../../../src/platform/native.js';
import { realNative } from '../vfs/world.js';

const MIB = 2 ** 20;

/** Processes with a size each, and a clock that moves when it is told. */
class Machine implements MemoryOwner {
  time = 0;
  readonly timers = new TimerQueue(() => this.time);
  readonly list: (Victim & { zombie: boolean; anonymous: number; shared: number })[] = [];
  readonly killed: number[] = [];
  readonly lines: string[] = [];
  stat = '';
  /** Reads of memory.stat or of processes. */
  looks = 0;

  readonly native = {
    pread: (_fd: number, dst: Uint8Array, off: number): number => {
      this.looks++;
      return Buffer.from(dst.buffer).write(this.stat, off, 'latin1');
    },
    hostProc: (pid: number, name: string): string | number => {
      this.looks++;
      const p = this.list.find((one) => one.hostPid === pid);
      if (p === undefined) return -3;
      if (name === 'statm') return `9999999 ${(p.anonymous + p.shared) / 4096} ${p.shared / 4096} 0 0 0 0\n`;
      return `Rss: 1 kB\nPss_Anon:     ${p.anonymous / 2048} kB\n`;
    },
  } as unknown as Native;

  add(pid: number, anonymous: number, oomScoreAdj = 0): void {
    this.list.push({ pid, hostPid: pid + 1000, oomScoreAdj, zombie: false, anonymous, shared: MIB });
  }
  now(): number {
    return this.time;
  }
  processes(): Iterable<Victim> {
    return this.list;
  }
  kill(victim: Victim, text: string): void {
    this.killed.push(victim.pid);
    this.lines.push(text);
  }
  /** The victims are gone. */
  bury(): void {
    for (const p of this.list) if (this.killed.includes(p.pid)) p.zombie = true;
  }
  pass(ms: number): void {
    for (const end = this.time + ms; this.time < end; ) {
      this.time += 50;
      this.timers.run();
    }
  }
}

let machine: Machine;
let memory: ContainerMemory;
beforeEach(() => {
  machine = new Machine();
  memory = new ContainerMemory(machine);
});

describe('the memory of a container', () => {
  it('has no end and is not looked at without a limit', () => {
    machine.add(1, 900 * MIB);
    assert.equal(memory.room(2 ** 40), 2 ** 40);
    memory.charge(2 ** 40);
    machine.pass(5000);
    assert.deepEqual([machine.looks, machine.killed.length, machine.timers.timeout()], [0, 0, -1]);
  });

  it('is what programs and the sentry use together', () => {
    machine.add(1, 20 * MIB);
    memory.setLimit(64 * MIB);
    assert.equal(memory.room(10 * MIB), 10 * MIB);
    memory.charge(10 * MIB);
    assert.equal(memory.usage(), 30 * MIB);
    assert.equal(memory.room(100 * MIB), 34 * MIB, 'what is left');
    memory.charge(-10 * MIB);
    assert.equal(memory.room(100 * MIB), 44 * MIB);
    assert.deepEqual(machine.killed, []);
  });

  it('ends with the death of the biggest process, and then of the next', () => {
    machine.add(1, 5 * MIB);
    machine.add(2, 30 * MIB);
    machine.add(3, 10 * MIB);
    memory.setLimit(64 * MIB);
    memory.charge(19 * MIB);
    assert.ok(memory.room(MIB) >= MIB, 'goes on while the victim is dying');
    assert.deepEqual(machine.killed, [2]);
    memory.charge(MIB);
    memory.room(MIB);
    assert.deepEqual(machine.killed, [2], 'one at a time');
    machine.bury();
    assert.equal(memory.room(MIB), MIB, 'what it had is free');
    memory.charge(45 * MIB);
    memory.room(MIB);
    assert.deepEqual(machine.killed, [2, 3]);
    assert.match(machine.lines[0] ?? '', /^out of memory: killed process 2; limit 64 MiB, programs 45 MiB, /);
    assert.equal(memory.oomKills, 2);
  });

  it('is refused when nobody can be killed, and never exceeded far', () => {
    machine.add(1, MIB, -1000);
    memory.setLimit(8 * MIB);
    memory.charge(7 * MIB);
    assert.equal(memory.room(4096), 0);
    machine.add(2, 4096);
    let taken = 0;
    for (let n = memory.room(MIB); n > 0 && taken < 100 * MIB; n = memory.room(MIB)) {
      memory.charge(n);
      taken += n;
    }
    assert.ok(taken > 0 && taken <= 5 * MIB, `${taken}`);
  });

  it('kills by oom_score_adj, too', () => {
    machine.add(1, 20 * MIB);
    machine.add(2, 10 * MIB, 500);
    memory.setLimit(30 * MIB);
    memory.room(MIB);
    assert.deepEqual(machine.killed, [2]);
  });

  it('without a cgroup is watched, shared pages counted once', () => {
    memory.setLimit(64 * MIB);
    machine.add(1, 40 * MIB);
    machine.add(2, 40 * MIB);
    machine.pass(3000);
    assert.deepEqual(machine.killed, [], 'half of each is shared');
    machine.add(3, 100 * MIB);
    machine.pass(1500);
    assert.deepEqual(machine.killed, [3]);
  });

  it('with a cgroup is only watched while the sentry holds much', () => {
    memory.followCgroup(5);
    machine.stat = 'cache 0\nrss 1\ntotal_cache 3\ntotal_rss 52428800\n';
    machine.add(1, 50 * MIB);
    memory.setLimit(64 * MIB);
    machine.pass(5000);
    assert.equal(machine.looks, 0);
    memory.charge(10 * MIB);
    machine.pass(2000);
    assert.ok(machine.looks > 0);
    assert.deepEqual(machine.killed, []);
    machine.stat = `anon ${60 * MIB}\n`;
    machine.pass(2000);
    assert.deepEqual(machine.killed, [1]);
  });

  it('has no timer left when it is over', () => {
    memory.setLimit(64 * MIB);
    memory.dispose();
    assert.equal(machine.timers.timeout(), -1);
  });
});

describe('files in memory', { skip: realNative === undefined }, () => {
  const block = new Uint8Array(MIB).fill(7);

  it('are charged to their container, and give back what they had', () => {
    machine.add(1, MIB, -1000);
    memory.setLimit(8 * MIB);
    const file = createAnonFile(realNative as Native, 'x', 0, 0, memory);
    assert.ok(typeof file !== 'number');
    file.hold();
    let size = 0;
    let n = 0;
    for (; (n = file.writeAt(new BufferSource(block, (realNative as Native).pwrite), size)) > 0; size += n)
      assert.ok(size < 9 * MIB);
    assert.equal(n, -ENOMEM);
    assert.ok(size > 6 * MIB && size <= 7 * MIB, `${size}`);
    assert.ok(memory.held >= size);
    assert.equal(file.allocate(0, 0, 16 * MIB), -ENOMEM);
    file.drop();
    assert.equal(memory.held, 0);
  });

  it('count pages that a mapping has touched', () => {
    machine.add(1, 0);
    memory.setLimit(64 * MIB);
    const file = createAnonFile(realNative as Native, 'x', 0, 0, memory);
    assert.ok(typeof file !== 'number');
    file.hold();
    file.setattr({ size: 16 * MIB });
    const fd = file.mapFd(true, true);
    const { held } = memory;
    assert.equal((realNative as Native).pwrite(fd, block, 0, MIB, 4 * MIB), MIB);
    assert.equal(memory.usage() - held, MIB);
    file.drop();
    assert.equal(memory.held, 0);
    assert.equal(memory.mapped.size, 0);
  });
});
