/**
 * Programs that talk over sockets, pipes and terminals: every script in `scripts/` runs natively in a network with only a
 * loopback device, and in the sandbox, each time in a fresh directory, and must print the same; some once more with sockets of
 * the host. What differs from run to run (ports, pids, times) the scripts leave out. TVISOR_SCRIPT=text runs only the scripts
 * whose name contains it; TVISOR_NATIVE=1 compares two native runs instead.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readScript } from '../guest/script-file.js';
import { requireLan } from '../network/lan.js';
import { compareScript } from '../support/compare-script.js';
import { testRoot } from '../support/paths.js';

const directory = join(testRoot, 'tools');
const selection = process.env['TVISOR_SCRIPT'] ?? '';
const options = { ownNetwork: true, env: { LIB: join(directory, 'lib.sh') } };
/** What is not the same with host sockets, or has nothing to do with them, is not here. */
const WITH_HOST_SOCKETS = new Set(['curl', 'dns', 'netcat', 'socat-tcp', 'socat-udp']);

// Two at a time: scripts wait more than they compute.
describe('network tools', { concurrency: 2 }, () => {
  for (const file of readdirSync(join(directory, 'scripts')).sort()) {
    const script = readScript(join(directory, 'scripts', file));
    if (!script.name.includes(selection)) continue;
    test(script.name, (t) => compareScript(t, script, 'bash', options));
    if (!WITH_HOST_SOCKETS.has(script.name)) continue;
    test(`${script.name}, sockets of the host`, async (t) => {
      if (!requireLan(t)) return;
      await compareScript(t, script, 'bash', { ...options, flags: ['--network', 'host'] });
    });
  }
});
