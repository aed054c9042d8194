/**
 * Programs that talk over sockets, pipes and terminals: every script in `scripts/` runs natively in a network with only a
 * loopback device, and in the sandbox, each time in a fresh directory, and must print the same. What differs from run to
 * run (ports, pids, times) the scripts leave out. TVISOR_SCRIPT=text runs only the scripts whose name contains it;
 * TVISOR_NATIVE=1 compares two native runs instead.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readScript } from '../guest/script-file.js';
import { compareScript } from '../support/compare-script.js';
import { testRoot } from '../support/paths.js';

const directory = join(testRoot, 'tools');
const selection = process.env['TVISOR_SCRIPT'] ?? '';

// Two at a time: scripts wait more than they compute.
describe('network tools', { concurrency: 2 }, () => {
  for (const file of readdirSync(join(directory, 'scripts')).sort()) {
    const script = readScript(join(directory, 'scripts', file));
    if (!script.name.includes(selection)) continue;
    test(script.name, (t) =>
      compareScript(t, script, 'bash', { ownNetwork: true, env: { LIB: join(directory, 'lib.sh') } }),
    );
  }
});
