/**
 * Real programs: every script in `scripts/` runs natively and in the sandbox, in a fresh directory that is removed
 * afterwards, and must print the same and end alike. TVISOR_SCRIPT=text runs only the scripts whose name contains it;
 * TVISOR_NATIVE=1 compares two native runs instead.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compareScript } from '../support/compare-script.js';
import { testRoot } from '../support/paths.js';
import { readScript } from './script-file.js';

const scriptsDirectory = join(testRoot, 'guest', 'scripts');
const selection = process.env['TVISOR_SCRIPT'] ?? '';

describe('real programs', () => {
  for (const file of readdirSync(scriptsDirectory)
    .filter((name) => name.endsWith('.sh'))
    .sort()) {
    const script = readScript(join(scriptsDirectory, file));
    for (const shell of script.shells.filter(() => script.name.includes(selection))) {
      test(`${script.name} (${shell})`, (t) => compareScript(t, script, shell));
    }
  }
});
