/**
 * A host that forbids what a sandbox is made of: one line that says which and what to do, status 128, nothing left behind.
 * Each is made by a seccomp filter around the command.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SYS } from '../../src/arch/x86-64-syscalls.js';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { run, sandboxCommand } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';
import { processesWith } from './host-state.js';

const EPERM = 1;
const ENOSPC = 28;
const ENOSYS = 38;
/** The new namespaces of clone(2): mount, cgroup, UTS, IPC, user, PID, network. */
const CLONE_NEW = 0x7e020000;

const cases: [string, string, number, RegExp][] = [
  [
    'namespaces',
    `${SYS.clone}/${CLONE_NEW}`,
    EPERM,
    /namespaces: Operation not permitted; .*(CAP_SYS_ADMIN|user namespaces)/,
  ],
  [
    'the number of namespaces',
    `${SYS.clone}/${CLONE_NEW}`,
    ENOSPC,
    /namespaces: No space left on device; .*sysctl user\./,
  ],
  ['mount', `${SYS.mount}`, EPERM, /mount.*: Operation not permitted; .*(CAP_SYS_ADMIN|user namespaces)/],
  ['seccomp', `${SYS.seccomp}`, EPERM, /seccomp filter.*: Operation not permitted; .*5\.19/],
  [
    'a kernel without seccomp',
    `${SYS.seccomp}`,
    ENOSYS,
    /seccomp filter.*: Function not implemented; .*5\.19/,
  ],
  ['ptrace', `${SYS.ptrace}`, EPERM, /ptrace.*: Operation not permitted; .*ptrace_scope/],
  ['pidfd_getfd', `${SYS.pidfd_getfd}`, EPERM, /listener: Operation not permitted; .*pidfd_getfd/],
  [
    'process_vm_readv',
    `${SYS.process_vm_readv}`,
    EPERM,
    /memory.*: Operation not permitted; .*process_vm_readv/,
  ],
  [
    'process_vm_writev',
    `${SYS.process_vm_writev}`,
    EPERM,
    /memory.*: Operation not permitted; .*process_vm_writev/,
  ],
  ['openat2', `${SYS.openat2}`, ENOSYS, /openat2: Function not implemented; .*5\.6/],
];

describe('a host that refuses', { timeout: 120_000 }, () => {
  for (const [what, call, error, expected] of cases) {
    test(what, async (t) => {
      if (!requireTool(t, 'gcc') || !requireTvisor(t)) {
        return;
      }
      const deny = await compile(join(testRoot, 'security', 'guests', 'deny.c'));
      const mark = `${process.pid}-refused-${call}-${error}`;
      const result = await run([deny, call, String(error), ...sandboxCommand(['echo', 'ran'])], {
        env: { TVISOR_TEST_MARK: mark },
        timeout: 20_000,
      });
      assert.equal(result.stdout, '');
      assert.match(result.stderr, /^tvisor do: cannot make the sandbox: [^\n]*\n$/);
      assert.match(result.stderr, expected);
      assert.equal(result.status, 128);
      assert.deepEqual(processesWith(mark), []);
    });
  }
});
