/** Names of local sockets: who is bound to which, abstract ones by kernel and type, paths by their inode (unix(7)). */

import { EADDRINUSE, ECONNREFUSED, EEXIST, EINVAL, ENOSPC, EPROTOTYPE } from '../../abi/errno.js';
import { AT_FDCWD } from '../../abi/fcntl.js';
import { S_IFMT, S_IFSOCK } from '../../abi/stat.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import { inodeOf, type Path } from '../../vfs/dentry.js';
import { vfsMknod } from '../../vfs/fsops.js';
import type { HostPlace, Inode } from '../../vfs/inode.js';
import { LOOKUP_FOLLOW, resolve } from '../../vfs/namei.js';
import { mayAccess } from '../../vfs/permission.js';
import { parseUnixAddress, UNNAMED, type UnixAddress } from '../address.js';
import { type HostUds, hostUds } from '../host/uds.js';
import type { UnixSocket } from './socket.js';

/** Abstract names in use among sockets of one type: each type has a space of names of its own. */
class Namespace {
  readonly names = new Map<string, UnixSocket>();
  private chosen = 0;

  /** Five hexadecimal digits that nobody uses, or undefined when all are taken. */
  free(): string | undefined {
    for (let tries = 0; tries <= LAST_CHOICE; tries++) {
      this.chosen = (this.chosen + 1) & LAST_CHOICE;
      const name = this.chosen.toString(16).padStart(5, '0');
      if (!this.names.has(name)) return name;
    }
    return undefined;
  }
}
const LAST_CHOICE = 0xfffff;

const abstracts = new WeakMap<Kernel, Map<number, Namespace>>();

function namespaceOf(socket: UnixSocket): Namespace {
  const { kernel, type } = socket;
  let types = abstracts.get(kernel);
  if (types === undefined) abstracts.set(kernel, (types = new Map()));
  let names = types.get(type);
  if (names === undefined) types.set(type, (names = new Namespace()));
  return names;
}

/** The socket bound to the inode of a path, while it is open. */
const boundInodes = new WeakMap<object, UnixSocket>();

/** The name that a socket is bound to. */
export class BoundName {
  address: UnixAddress = UNNAMED;
  /** Keeps the dentry and with it the very inode object that connect(2) will find. */
  path: Path | undefined;

  constructor(private readonly socket: UnixSocket) {}

  get given(): boolean {
    return this.address.kind !== 'unnamed';
  }

  /** An accepted connection goes by its listener's name, without having it. */
  share(other: BoundName): void {
    this.address = other.address;
    this.path = other.path;
  }

  /** bind(2). @returns 0, -EINVAL, -EADDRINUSE, or what making the file gives */
  bind(task: Task, raw: Uint8Array): number {
    const address = parseUnixAddress(raw);
    if (typeof address === 'number') return address;
    if (address.kind === 'unnamed') return this.choose();
    if (address.kind === 'path') return this.bindPath(task, address);
    return this.given ? -EINVAL : this.bindAbstract(address.name);
  }

  private bindAbstract(name: string): number {
    const { names } = namespaceOf(this.socket);
    if (names.has(name)) return -EADDRINUSE;
    names.set(name, this.socket);
    this.address = { kind: 'abstract', name };
    return 0;
  }

  /** A name that nobody uses, unless the socket has one (unix_autobind). */
  choose(): number {
    if (this.given) return 0;
    const name = namespaceOf(this.socket).free();
    return name === undefined ? -ENOSPC : this.bindAbstract(name);
  }

  private bindPath(task: Task, address: UnixAddress): number {
    // Linux makes the name before it looks at the socket, and takes it away again.
    if (this.given)
      return typeof resolve(task, task.fs.cwd, address.name, 0) === 'number' ? -EINVAL : -EADDRINUSE;
    const mode = S_IFSOCK | (this.socket.inode.mode & 0o777);
    const make = (): number => vfsMknod(task, AT_FDCWD, address.name, mode, 0);
    const uds = hostUds(this.socket.kernel);
    const { made, socket: host } = uds?.bind(this.socket.type, make) ?? { made: make(), socket: undefined };
    if (made < 0) return made === -EEXIST ? -EADDRINUSE : made;
    const path = resolve(task, task.fs.cwd, address.name, 0);
    if (typeof path === 'number') {
      host?.close();
      return path;
    }
    if (host !== undefined) this.socket.attach(host, true);
    this.path = path;
    inodeOf(path).hold();
    boundInodes.set(inodeOf(path).identity, this.socket);
    this.address = address;
    return 0;
  }

  /** The socket is closed: nobody finds it any more. The file stays. */
  release(): void {
    if (this.address.kind === 'abstract') {
      const { names } = namespaceOf(this.socket);
      if (names.get(this.address.name) === this.socket) names.delete(this.address.name);
    }
    if (this.path !== undefined && boundInodes.get(inodeOf(this.path).identity) === this.socket) {
      boundInodes.delete(inodeOf(this.path).identity);
      inodeOf(this.path).drop();
    }
  }
}

/** A socket of the host that guests may connect to. */
export class HostTarget {
  constructor(
    readonly uds: HostUds,
    readonly place: HostPlace,
  ) {}
}

/** What `inode`, a socket to which no guest is bound, is to guests that want to connect. */
function hostTarget(kernel: Kernel, inode: Inode): HostTarget | undefined {
  const uds = hostUds(kernel);
  const place = uds?.opens === true ? inode.hostPlace() : undefined;
  return uds === undefined || place === undefined ? undefined : new HostTarget(uds, place);
}

/**
 * The socket that `raw` names, for connect(2) and sendto(2) of `from`.
 * @returns -ECONNREFUSED, -EPROTOTYPE, -EINVAL, or what the path walk gives
 */
export function lookupName(task: Task, from: UnixSocket, raw: Uint8Array): UnixSocket | HostTarget | number {
  const address = parseUnixAddress(raw);
  if (typeof address === 'number') return address;
  let found: UnixSocket | undefined;
  if (address.kind === 'unnamed') return -EINVAL;
  if (address.kind === 'abstract') {
    found = namespaceOf(from).names.get(address.name);
  } else {
    const path = resolve(task, task.fs.cwd, address.name, LOOKUP_FOLLOW);
    if (typeof path === 'number') return path;
    const inode = inodeOf(path);
    const denied = mayAccess(task.cred, inode, 2);
    if (denied < 0) return denied;
    if ((inode.mode & S_IFMT) !== S_IFSOCK) return -ECONNREFUSED;
    found = boundInodes.get(inode.identity);
    if (found === undefined) return hostTarget(task.kernel, inode) ?? -ECONNREFUSED;
  }
  if (found === undefined || found.dead) return -ECONNREFUSED;
  return found.type === from.type ? found : -EPROTOTYPE;
}
