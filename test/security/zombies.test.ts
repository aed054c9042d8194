/** Processes that guests have waited for are gone on the host too: a long-lived sandbox would otherwise use all its pids up. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repoRoot } from '../support/paths.js';
import { requireTvisor } from '../support/tools.js';

/** Parent and state of every process, by number. */
function processes(): Map<number, { parent: number; state: string }> {
  const all = new Map<number, { parent: number; state: string }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
      all.set(Number(name), { parent: Number(parent), state });
    } catch {
      // Gone meanwhile.
    }
  }
  return all;
}

test('no zombies are left on the host', { timeout: 60_000 }, async (t) => {
  if (!requireTvisor(t)) return;
  const script =
    'i=0; while [ $i -lt 40 ]; do /bin/true; (exit 3); i=$((i+1)); done; echo ready; exec sleep 30';
  const child = spawn(join(repoRoot, 'bin', 'tvisor'), ['do', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [said] = await once(child.stdout, 'data');
    assert.equal(String(said), 'ready\n');
    const all = processes();
    const below = [child.pid];
    for (const pid of below) for (const [other, p] of all) if (p.parent === pid) below.push(other);
    const states = below.slice(1).map((pid) => all.get(pid as number)?.state);
    assert.ok(states.length >= 2, 'reaper and guest are there');
    // The last one may be on its way.
    assert.ok(states.filter((s) => s === 'Z').length <= 1, `states of the processes: ${states.join(' ')}`);
  } finally {
    child.kill('SIGKILL');
  }
});
