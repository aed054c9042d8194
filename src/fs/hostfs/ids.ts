/** Owners of host files as guests see them: by the container's user namespace and by what the mount itself translates. */

import { IdMap, OVERFLOW_ID, type UserNamespace } from '../../kernel/user-namespace.js';
import type { Attr } from '../../vfs/inode.js';

/** One direction of ids or of groups. */
class Translation {
  constructor(
    private readonly users: IdMap,
    private readonly mount: IdMap,
  ) {}
  /** Of the disk -> inside, or -1. */
  in(id: number): number {
    const host = this.mount.out(id);
    return host < 0 ? -1 : this.users.in(host);
  }
  /** Inside -> of the disk, or -1. */
  out(id: number): number {
    const host = this.users.out(id);
    return host < 0 ? -1 : this.mount.in(host);
  }
}

const NONE = new IdMap([]);

export class HostIds {
  private readonly uids: Translation;
  private readonly gids: Translation;
  private readonly identity: boolean;

  /** @param mountUids,mountGids of an idmapped mount: ids of the disk are `inside`, those of the host `outside` */
  constructor(users: UserNamespace, mountUids: IdMap = NONE, mountGids: IdMap = NONE) {
    this.uids = new Translation(users.uids, mountUids);
    this.gids = new Translation(users.gids, mountGids);
    this.identity = [users.uids, users.gids, mountUids, mountGids].every((map) => map.identity);
  }

  /** Puts the ids of attributes that the host gave right, in place. */
  inward(attr: Attr): void {
    if (this.identity) return;
    const uid = this.uids.in(attr.uid);
    const gid = this.gids.in(attr.gid);
    attr.uid = uid < 0 ? OVERFLOW_ID : uid;
    attr.gid = gid < 0 ? OVERFLOW_ID : gid;
    if (uid < 0) attr.foreignUid = true;
    if (gid < 0) attr.foreignGid = true;
  }

  /** The ids that the host has for those of a guest; -1 if it has none. */
  uid(id: number): number {
    return this.uids.out(id);
  }
  gid(id: number): number {
    return this.gids.out(id);
  }
}
