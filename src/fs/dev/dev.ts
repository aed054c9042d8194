/** /dev: an in-memory file system that starts with the nodes that every container has (null(4), tty(4), pts(4)). */

import { S_IFCHR, S_IFDIR } from '../../abi/stat.js';
import type { Container } from '../../kernel/container.js';
import { initialCred } from '../../kernel/cred.js';
import { makedev } from '../pseudo.js';
import { TmpFs } from '../tmpfs/tmpfs.js';
import { registerDevices } from './devices.js';

const NODES: readonly (readonly [name: string, major: number, minor: number, perm: number, gid?: number])[] =
  [
    ['null', 1, 3, 0o666],
    ['zero', 1, 5, 0o666],
    ['full', 1, 7, 0o666],
    ['random', 1, 8, 0o666],
    ['urandom', 1, 9, 0o666],
    ['tty', 5, 0, 0o666, 5],
    ['ptmx', 5, 2, 0o666, 5],
  ];

const LINKS: readonly (readonly [name: string, target: string])[] = [
  ['core', '/proc/kcore'],
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
];

export class DevFs extends TmpFs {
  constructor(container: Container, dev: number) {
    super(container.kernel.native, { mode: 0o755, uid: 0, gid: 0, maxBytes: 64 << 20, dev, source: 'tmpfs' });
    registerDevices();
    const cred = initialCred(0, 0, []);
    const { root } = this;
    for (const [name, major, minor, perm, gid] of NODES) {
      const node = root.mknod(name, S_IFCHR | perm, makedev(major, minor), cred);
      if (typeof node === 'number') throw new Error(`/dev/${name}: ${node}`);
      if (gid !== undefined) node.setattr({ gid });
    }
    if (container.hostTty !== undefined) root.mknod('console', S_IFCHR | 0o600, makedev(5, 1), cred);
    for (const [name, target] of LINKS) root.symlink(name, target, cred);
    root.mkdir('pts', S_IFDIR | 0o755, cred);
    root.mkdir('shm', S_IFDIR | 0o1777, cred);
    root.mkdir('mqueue', S_IFDIR | 0o1777, cred);
  }
}
