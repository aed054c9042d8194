/** Runs a program on a terminal of its own in the foreground, as `tvisor run` does a container's process; prints its status. */
import { closeSync } from 'node:fs';
import { copyWindow, exitStatus, holdSignals, runInForeground } from '../../src/runtime/console.js';
import { host } from '../../src/runtime/host.js';
import { openPty } from '../../src/runtime/terminal.js';

const [mode, ...command] = process.argv.slice(2);
const env = ['PATH=/usr/bin:/bin'];
let status: number;
holdSignals();
if (mode === 'terminal') {
  const pty = openPty(0, 0);
  copyWindow(pty);
  const argv = ['setsid', '--ctty', ...command];
  const pid = host().spawn({ path: '/usr/bin/setsid', argv, env, fds: [pty.slave, pty.slave, pty.slave] });
  closeSync(pty.slave);
  status = runInForeground(pid, pty);
} else {
  const pid = host().spawn({ path: command[0]!, argv: command, env, fds: [0, 1, 2] });
  status = runInForeground(pid);
}
process.stderr.write(`status ${exitStatus(status)}\n`);
