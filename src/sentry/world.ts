/** The file systems that a sandbox starts with. */

import { ENOENT } from '../abi/errno.js';
import {
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_RELATIME,
  S_IFDIR,
  S_IFMT,
  S_IFREG,
} from '../abi/stat.js';
import { DevFs } from '../fs/dev/dev.js';
import { DevPtsFs } from '../fs/devpts/devpts.js';
import { HostFs } from '../fs/hostfs/hostfs.js';
import { mqueueFs } from '../fs/mqueue/mqueue.js';
import { OverlayFs } from '../fs/overlay/overlay.js';
import { ProcFs } from '../fs/proc/proc.js';
import { SysFs } from '../fs/sys/sys.js';
import { TmpFile } from '../fs/tmpfs/file.js';
import { TmpFs } from '../fs/tmpfs/tmpfs.js';
import type { Container } from '../kernel/container.js';
import { initialCred } from '../kernel/cred.js';
import type { Kernel } from '../kernel/kernel.js';
import { BufferSource } from '../kernel/useriov.js';
import { hostNetwork } from '../net/host/network.js';
import { hostSysTree } from '../net/host/sysfs.js';
import { registerNetFiles } from '../net/proc/files.js';
import { netSysTree } from '../net/sysfs.js';
import { Dentry, inodeOf, type Path } from '../vfs/dentry.js';
import type { FdTable } from '../vfs/fdtable.js';
import type { Inode } from '../vfs/inode.js';
import { MountNamespace } from '../vfs/mounts.js';
import { registerFileSystems } from './mountable.js';
import { emptyTable, openStream } from './received-files.js';
import type { SandboxSpec } from './spec.js';
import type { HostTerminal } from './terminal.js';

const ROOT_CRED = initialCred(0, 0, []);

/** Converts a JavaScript string of the operator's to the kernel's byte strings. */
export function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * Mounts everything: the overlay over the host directory, proc, sys, dev, and the volumes.
 * Throws an Error with one clear line if a host directory cannot be opened.
 */
export function buildWorld(
  container: Container,
  spec: SandboxSpec,
  terminal: HostTerminal | undefined,
): void {
  const { kernel } = container;
  const { native } = kernel;
  const ns = new MountNamespace();
  container.mounts = ns;
  ns.mount(new OverlayFs(native, spec.root, {}), undefined, MS_RELATIME);
  const at = (path: string): Path => mountpoint(ns, toBytes(path), path, S_IFDIR);
  const proc = new ProcFs(container, 0x15);
  ns.mount(proc, at('/proc'), MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME);
  const network = hostNetwork(kernel);
  const interfaces = network === undefined ? netSysTree(kernel) : hostSysTree(network);
  const sys = new SysFs(kernel, 0x16, [interfaces], network === undefined);
  ns.mount(sys, at('/sys'), MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME);
  ns.mount(new DevFs(container, 0x17), at('/dev'), MS_NOSUID | MS_RELATIME);
  const pts = new DevPtsFs(container, 0x18);
  ns.mount(pts, at('/dev/pts'), MS_NOSUID | MS_NOEXEC | MS_RELATIME);
  terminal?.name(pts, initialCred(spec.uid, spec.gid, spec.groups));
  ns.mount(mqueueFs(container.ipc), at('/dev/mqueue'), MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME);
  const shm = new TmpFs(native, { mode: 0o1777, uid: 0, gid: 0, dev: 0x19, source: 'shm' });
  ns.mount(shm, at('/dev/shm'), MS_NOSUID | MS_NODEV | MS_RELATIME);
  for (const volume of spec.volumes) {
    const fs = new HostFs(native, volume.host, { readonly: volume.readonly });
    const isDir = (fs.root.mode & S_IFMT) === S_IFDIR;
    const place = mountpoint(ns, toBytes(volume.guest), volume.guest, isDir ? S_IFDIR : S_IFREG);
    ns.mount(fs, place, MS_RELATIME | (volume.readonly ? MS_RDONLY : 0));
  }
  provideHosts(container);
  registerNetFiles(kernel);
  ns.seal();
  registerFileSystems(container, [proc, sys, pts]);
}

/** A root that has an /etc without a list of hosts gets one with its own names, in the overlay only. What the operator has put there stays. */
function provideHosts({ mounts, uts }: Container): void {
  const root = mounts.root.root.inode;
  const etc = root?.lookup('etc', undefined);
  if (etc === undefined || typeof etc === 'number' || (etc.mode & S_IFMT) !== S_IFDIR) return;
  const dir = inodeOf(mountpoint(mounts, toBytes('/etc'), '/etc', S_IFDIR));
  if (dir.fs !== root?.fs || dir.lookup('hosts', undefined) !== -ENOENT) return;
  const names = `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.0.1\t${uts.hostname}\n`;
  provideFile(mounts, '/etc', 'hosts', names);
}

/** Puts a file in place of whatever is there, in the overlay only. */
export function provideFile(ns: MountNamespace, directory: string, name: string, text: string): void {
  const dir = inodeOf(mountpoint(ns, toBytes(directory), directory, S_IFDIR));
  dir.unlink(name);
  const file = dir.create(name, S_IFREG | 0o644, ROOT_CRED);
  if (!(file instanceof TmpFile) || file.writeAt(new BufferSource(Buffer.from(text)), 0) !== text.length) {
    throw new Error(`cannot write ${directory}/${name}`);
  }
}

/** The directory (or file, by `type`: S_IFDIR, S_IFREG) to mount on, made in the overlay where the root has none. Symbolic links are not followed. */
export function mountpoint(ns: MountNamespace, path: string, shown: string, type: number): Path {
  let here = ns.lookupMount({ mount: ns.root, dentry: ns.root.root });
  const names = path.split('/').filter((s) => s !== '');
  for (const [i, name] of names.entries()) {
    const { dentry } = here;
    dentry.children ??= new Map();
    let child = dentry.children.get(name);
    if (child?.inode === undefined) {
      const inode = childOf(inodeOf(here), name, shown, i === names.length - 1 ? type : S_IFDIR);
      child = new Dentry(name, dentry, inode);
      dentry.children.set(name, child);
    }
    here = ns.lookupMount({ mount: here.mount, dentry: child });
  }
  return here;
}

function childOf(dir: Inode, name: string, shown: string, type: number): Inode {
  let inode = dir.lookup(name, undefined);
  if (typeof inode === 'number') {
    inode =
      type === S_IFDIR
        ? dir.mkdir(name, S_IFDIR | 0o755, ROOT_CRED)
        : dir.create(name, S_IFREG | 0o644, ROOT_CRED);
  }
  if (typeof inode === 'number' || (inode.mode & S_IFMT) !== type) {
    throw new Error(`cannot mount on ${shown}: not a ${type === S_IFDIR ? 'directory' : 'regular file'}`);
  }
  return inode;
}

/** Descriptors 0, 1 and 2: the operator's own. Closed ones stay closed. */
export function standardStreams(kernel: Kernel, terminal: HostTerminal | undefined): FdTable {
  const files = emptyTable();
  for (let fd = 0; fd < 3; fd++) {
    if (kernel.native.fstat(fd) >= 0) files.replace(fd, openStream(kernel, fd, terminal), false);
  }
  return files;
}
