import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EAGAIN, EINVAL, EPERM } from '../../../src/abi/errno.js';
import {
  CAP_CHOWN,
  CAP_KILL,
  CAP_NET_RAW,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_PARENT,
  CLONE_SIGHAND,
  CLONE_THREAD,
  CLONE_VM,
  RLIMIT_NPROC,
} from '../../../src/abi/sched.js';
import { CAP_FULL_SET, type Cred, capable, inGroup, initialCred } from '../../../src/kernel/cred.js';
import {
  credForExec,
  KEEP,
  SECBIT_KEEP_CAPS,
  setfsuid,
  setgid,
  setresuid,
  setreuid,
  setuid,
} from '../../../src/kernel/cred-change.js';
import { prepareClone } from '../../../src/kernel/fork.js';
import { PLAIN, world } from './fake.js';

const root = initialCred(0, 0, []);
const user = initialCred(1000, 1000, []);

function ok(r: Cred | number): Cred {
  assert.ok(typeof r === 'object', `errno ${r}`);
  return r;
}

describe('changes of ids', () => {
  it('drop all capabilities with the last uid 0, unless PR_SET_KEEPCAPS', () => {
    const plain = ok(setuid(root, 1000));
    assert.deepEqual(
      [plain.uid, plain.suid, plain.fsuid, plain.capPermitted, plain.capEffective],
      [1000, 1000, 1000, 0n, 0n],
    );
    const kept = ok(setuid({ ...root, securebits: SECBIT_KEEP_CAPS }, 1000));
    assert.deepEqual([kept.capPermitted, kept.capEffective], [CAP_FULL_SET, 0n]);
  });

  it('drop only the effective ones while a uid 0 is kept, and raise them again', () => {
    const away = ok(setresuid(root, KEEP, 1000, KEEP));
    assert.deepEqual([away.capPermitted, away.capEffective], [CAP_FULL_SET, 0n]);
    const back = ok(setresuid(away, KEEP, 0, KEEP));
    assert.equal(back.capEffective, CAP_FULL_SET);
  });

  it('are refused to the unprivileged but for ids they have', () => {
    assert.equal(setuid(user, 0), -EPERM);
    assert.equal(setgid(user, 0), -EPERM);
    assert.equal(setresuid(user, 0, KEEP, KEEP), -EPERM);
    const mixed = { ...user, suid: 7 };
    assert.equal(ok(setuid(mixed, 7)).euid, 7);
    assert.equal(setreuid(mixed, 7, KEEP), -EPERM);
    assert.equal(ok(setreuid(mixed, KEEP, 7)).suid, 7);
  });

  it('of the file system uid move only the file capabilities', () => {
    const c = setfsuid(root, 5);
    assert.deepEqual([capable(c, CAP_CHOWN), capable(c, CAP_KILL)], [false, true]);
    assert.equal(capable(setfsuid(c, 0), CAP_CHOWN), true);
    assert.equal(setfsuid(user, 5), user);
  });
});

describe('credentials after execve', () => {
  it('are those of a set-user-ID file, and secure', () => {
    const { cred, secure } = credForExec(user, 0o104755, 0, 0, false, false);
    assert.deepEqual(
      [cred.uid, cred.euid, cred.suid, cred.capEffective, secure],
      [1000, 0, 0, CAP_FULL_SET, true],
    );
  });

  it('are not under no_new_privs or nosuid', () => {
    for (const [nnp, nosuid] of [
      [true, false],
      [false, true],
    ] as const) {
      const { cred, secure } = credForExec(user, 0o106755, 0, 0, nnp, nosuid);
      assert.deepEqual([cred.euid, cred.egid, cred.capPermitted, secure], [1000, 1000, 0n, false]);
    }
  });

  it('take the group only if the group may execute', () => {
    assert.equal(credForExec(user, 0o102745, 0, 50, false, false).cred.egid, 1000);
    assert.equal(credForExec(user, 0o102755, 0, 50, false, false).cred.egid, 50);
  });

  it('give root what the bounding set leaves, and keep ambient capabilities of others', () => {
    const bit = 1n << BigInt(CAP_NET_RAW);
    const bounded = { ...root, capBounding: bit };
    assert.equal(credForExec(bounded, 0o755, 0, 0, false, false).cred.capEffective, bit);
    const ambient = { ...user, capPermitted: bit, capInheritable: bit, capAmbient: bit };
    const kept = credForExec(ambient, 0o755, 0, 0, false, false);
    assert.deepEqual([kept.cred.capEffective, kept.secure], [bit, false]);
    assert.equal(credForExec(ambient, 0o104755, 7, 0, false, false).cred.capEffective, 0n);
  });
});

describe('clone', () => {
  const threadFlags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
  const cases: [string, number, number][] = [
    ['CLONE_THREAD without CLONE_SIGHAND', CLONE_THREAD | CLONE_VM, -EINVAL],
    ['CLONE_SIGHAND without CLONE_VM', CLONE_SIGHAND, -EINVAL],
    ['a user namespace', CLONE_NEWUSER, -EPERM],
    ['a pid namespace for a thread', threadFlags | CLONE_NEWPID, -EINVAL],
    ['a thread', threadFlags, 0],
  ];
  for (const [name, flags, result] of cases) {
    it(`with ${name}: ${result}`, () => {
      assert.equal(prepareClone(world().init, { ...PLAIN, flags }), result);
    });
  }

  it('is bounded by RLIMIT_NPROC of the user, not for root', () => {
    const { init, fork } = world();
    const a = fork(init, 10);
    a.group.limits[RLIMIT_NPROC] = { soft: 2, hard: 2 };
    assert.equal(prepareClone(a, PLAIN), 0);
    a.cred = user;
    fork(a, 11);
    assert.equal(prepareClone(a, PLAIN), -EAGAIN);
  });

  it('is bounded over the whole sandbox, for root too', () => {
    const { init, fork } = world();
    for (let i = 0; i < 99; i++) fork(init, 10 + i);
    assert.equal(prepareClone(init, PLAIN), -EAGAIN);
  });

  it('with CLONE_PARENT makes a sibling', () => {
    const { init, fork } = world();
    const a = fork(init, 10);
    const b = fork(a, 11, { flags: CLONE_PARENT });
    assert.equal(b.group.parent, init.group);
    assert.equal(b.group.exitSignal, a.group.exitSignal);
  });
});

describe('supplementary groups', () => {
  for (const count of [3, 65536]) {
    it(`are found among ${count}`, () => {
      const cred = initialCred(
        1000,
        1000,
        Array.from({ length: count }, (_, i) => 5000 + 2 * i),
      );
      assert.ok(inGroup(cred, 1000) && inGroup(cred, 5000) && inGroup(cred, 5000 + 2 * (count - 1)));
      assert.ok(!inGroup(cred, 5001) && !inGroup(cred, 0));
    });
  }
});
