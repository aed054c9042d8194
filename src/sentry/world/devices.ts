/** Device nodes of a container's /dev, and those of `linux.devices`. */

import { EEXIST, EPERM } from '../../abi/errno.js';
import { S_IFBLK, S_IFCHR, S_IFIFO, S_IFMT } from '../../abi/stat.js';
import { registerDevices } from '../../fs/dev/devices.js';
import { HostFs } from '../../fs/hostfs/hostfs.js';
import { makedev } from '../../fs/pseudo.js';
import { newDevice } from '../../fs/tmpfs/mount.js';
import { TmpFs } from '../../fs/tmpfs/tmpfs.js';
import type { Kernel } from '../../kernel/kernel.js';
import { instantiate, lookupChild } from '../../vfs/dcache.js';
import { Dentry, inodeOf, type Path } from '../../vfs/dentry.js';
import type { Inode } from '../../vfs/inode.js';
import type { MountNamespace } from '../../vfs/mounts.js';
import type { DeviceSpec } from '../container-spec.js';
import { toBytes } from '../world.js';
import { must } from './failure.js';
import { type Places, ROOT_CRED } from './places.js';

const TTY_GID = 5;

function node(name: string, major: number, minor: number, fileMode = 0o666, gid = 0): DeviceSpec {
  return { path: `/dev/${name}`, type: 'c', major, minor, fileMode, uid: 0, gid };
}

/** What every container has, whatever config.json says. */
const NODES: readonly DeviceSpec[] = [
  node('null', 1, 3),
  node('zero', 1, 5),
  node('full', 1, 7),
  node('random', 1, 8),
  node('urandom', 1, 9),
  node('tty', 5, 0),
];
const PTMX = '/dev/ptmx';
const CONSOLE = node('console', 5, 1, 0o620, TTY_GID);

const LINKS: readonly (readonly [name: string, target: string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
];

const TYPES = { c: S_IFCHR, u: S_IFCHR, b: S_IFBLK, p: S_IFIFO } as const;

export class DeviceMaker {
  /** Holds the nodes that lie where none can be made: files of the host are covered by them. */
  private hidden: TmpFs | undefined;
  private covers = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly ns: MountNamespace,
    private readonly places: Places,
  ) {
    registerDevices();
  }

  /** /dev as every container has it. @param terminal the container has one: its console */
  standard(terminal: boolean): void {
    for (const spec of NODES) this.device(spec.path, spec);
    if (terminal) this.device(CONSOLE.path, CONSOLE);
    const dev = must('/dev', this.places.find('/dev'));
    for (const [name, target] of LINKS) this.link(dev, name, target);
    if (typeof this.places.find('/proc/kcore') !== 'number') this.link(dev, 'core', '/proc/kcore');
    // Without a devpts of its own the container has the node, which leads nowhere.
    if (typeof this.places.find('/dev/pts/ptmx') !== 'number') this.link(dev, 'ptmx', 'pts/ptmx');
    else this.device('/dev/ptmx', node('ptmx', 5, 2));
  }

  /** What is there already stays: a file system of the host may have links of its own. */
  private link(dir: Path, name: string, target: string): void {
    const dentry = must(`/dev/${name}`, lookupChild(dir.dentry, name, undefined));
    if (dentry.inode !== undefined) return;
    const made = inodeOf(dir).symlink(name, target, ROOT_CRED);
    if (typeof made !== 'number') instantiate(dentry, made);
    // A read-only or foreign /dev that has no such link is the image's business.
  }

  /** One device. @param where the field for messages; an equal node that is there already is fine, as is a device of /dev in config.json */
  device(where: string, spec: DeviceSpec): void {
    const path = toBytes(spec.path);
    const at = path.lastIndexOf('/');
    const dir = must(where, this.places.make(path.slice(0, at), 'directory'));
    const name = path.slice(at + 1);
    const dentry = must(where, lookupChild(dir.dentry, name, undefined));
    if (dentry.inode?.fs instanceof HostFs) {
      this.cover(where, path, spec);
      return;
    }
    if (dentry.inode !== undefined) {
      // A privileged container is given all of the host's: those that are its own anyway stay as they are.
      const own = spec.path === PTMX || NODES.some((n) => n.path === spec.path);
      if (own || isSame(dentry.inode, spec)) return;
      throw must(where, -EEXIST);
    }
    const made = makeNode(inodeOf(dir), name, spec);
    if (made === -EPERM) this.cover(where, path, spec);
    else instantiate(dentry, must<Inode>(where, made));
  }

  /** A file system of the host gets no device nodes, which would work there: an empty file with the node mounted on it. */
  private cover(where: string, path: string, spec: DeviceSpec): void {
    const place = must(where, this.places.make(path, 'file'));
    this.hidden ??= new TmpFs(this.kernel.native, { mode: 0o755, dev: newDevice(this.kernel) });
    const { root } = this.hidden;
    const name = String(this.covers++);
    const inode = must<Inode>(where, makeNode(root, name, spec));
    const mount = this.ns.create(this.hidden, new Dentry(name, undefined, inode), 0);
    this.ns.attach(mount, place);
  }
}

function isSame(inode: Inode, spec: DeviceSpec): boolean {
  const { mode, rdev } = inode.getattr();
  return (
    (mode & S_IFMT) === TYPES[spec.type] && (spec.type === 'p' || rdev === makedev(spec.major, spec.minor))
  );
}

/** @returns the node with its mode and owner, or -errno */
function makeNode(dir: Inode, name: string, spec: DeviceSpec): Inode | number {
  const mode = TYPES[spec.type] | spec.fileMode;
  const made = dir.mknod(name, mode, spec.type === 'p' ? 0 : makedev(spec.major, spec.minor), ROOT_CRED);
  if (typeof made === 'number') return made;
  const err = made.setattr({ mode: spec.fileMode, uid: spec.uid, gid: spec.gid });
  return err < 0 ? err : made;
}
