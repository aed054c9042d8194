/** Keys and key rings (keyrings(7), security/keys/key.c): what there is of them, whose they are, and how many one may have. */

import { EDQUOT, EINVAL, EKEYEXPIRED, EKEYREVOKED, ENODEV, ENOKEY, EOPNOTSUPP } from '../../abi/errno.js';
import { KEY_POS_ALL, KEY_POS_READ, KEY_USR_VIEW } from '../../abi/keys.js';
import type { Kernel } from '../kernel.js';

/** Longest payload of the types that keep it as it is; a big_key's is up to 1 MiB. */
const USER_MAX = 32767;
const BIG_MAX = 1 << 20;
/** What one more link costs in the quota of a key ring's owner. */
const LINK_COST = 4;
/** Keys of all users together: no guest makes the sentry grow without bound. */
const MAX_KEYS = 50_000;
const MAX_BYTES = 64 << 20;
const MAX_LINKS = 200_000;

/** How a type differs from others. */
export interface KeyType {
  readonly name: string;
  /** Whether it has contents to read, and whether they may be replaced. */
  readonly readable: boolean;
  readonly updatable: boolean;
  /** 0 or -EINVAL. */
  checkPayload(payload: Uint8Array): number;
  checkDescription(description: string): number;
}

const anyDescription = (): number => 0;
const upTo =
  (max: number) =>
  (payload: Uint8Array): number =>
    payload.length === 0 || payload.length > max ? -EINVAL : 0;

export const KEYRING: KeyType = {
  name: 'keyring',
  readable: true,
  updatable: false,
  checkPayload: (payload) => (payload.length === 0 ? 0 : -EINVAL),
  checkDescription: anyDescription,
};

const TYPE_LIST: readonly KeyType[] = [
  KEYRING,
  {
    name: 'user',
    readable: true,
    updatable: true,
    checkPayload: upTo(USER_MAX),
    checkDescription: anyDescription,
  },
  {
    name: 'logon',
    readable: false,
    updatable: true,
    checkPayload: upTo(USER_MAX),
    // A service, a colon and the rest.
    checkDescription: (description) => (description.indexOf(':') > 0 ? 0 : -EINVAL),
  },
  {
    name: 'big_key',
    readable: true,
    updatable: true,
    checkPayload: upTo(BIG_MAX),
    checkDescription: anyDescription,
  },
];
const TYPES = new Map(TYPE_LIST.map((type) => [type.name, type]));

/** @returns -ENODEV: no such type */
export function keyType(name: string): KeyType | number {
  return TYPES.get(name) ?? -ENODEV;
}

/** Permissions that a new key has: everything for who possesses it, as far as its type goes. */
export function defaultPerm(type: KeyType): number {
  const unreadable = type.readable ? 0 : KEY_POS_READ;
  return (KEY_POS_ALL & ~unreadable) | KEY_USR_VIEW;
}

export class Key {
  payload: Uint8Array = new Uint8Array(0);
  /** What a key ring holds, by type and description. */
  readonly links = new Map<string, Key>();
  /** Those of them that are key rings. */
  readonly rings = new Set<Key>();
  /** Key rings and processes that refer to it; at 0 it is gone. */
  refs = 0;
  revoked = false;
  invalidated = false;
  /** Kernel time (ms) from when on it is expired. */
  expiry: number | undefined;
  /** Set for a negative key: what a search that finds it fails with. */
  rejected = 0;
  /** Bytes counted in the owner's quota. */
  charged = 0;

  constructor(
    readonly store: KeyStore,
    readonly serial: number,
    readonly type: KeyType,
    readonly description: string,
    public uid: number,
    public gid: number,
    public perm: number,
  ) {}

  get isRing(): boolean {
    return this.type === KEYRING;
  }
  /** By what a key ring tells keys apart. */
  get index(): string {
    return `${this.type.name};${this.description}`;
  }
  get expired(): boolean {
    return this.expiry !== undefined && this.store.kernel.now() >= this.expiry;
  }
  /** key_validate: 0, or why nothing can be done with it. */
  validate(): number {
    if (this.invalidated) return -ENOKEY;
    if (this.revoked) return -EKEYREVOKED;
    return this.expired ? -EKEYEXPIRED : 0;
  }
  /** Replaces the contents. @returns 0, -EINVAL, -EOPNOTSUPP, -EDQUOT */
  update(payload: Uint8Array): number {
    if (!this.type.updatable) return -EOPNOTSUPP;
    const invalid = this.type.checkPayload(payload);
    if (invalid < 0) return invalid;
    const err = this.store.charge(this, payload.length - this.payload.length);
    if (err < 0) return err;
    this.payload = payload;
    this.rejected = 0;
    this.expiry = undefined;
    return 0;
  }
  hold(): this {
    this.refs++;
    return this;
  }
  drop(): void {
    if (--this.refs <= 0) this.store.destroy(this);
  }
  /** Puts `key` in, in place of one of the same name. @returns 0 or -EDQUOT */
  link(key: Key): number {
    const former = this.links.get(key.index);
    if (former === key) return 0;
    const err = former === undefined ? this.store.countLink(this, 1) : 0;
    if (err < 0) return err;
    this.links.set(key.index, key.hold());
    if (key.isRing) this.rings.add(key);
    if (former !== undefined) {
      this.rings.delete(former);
      former.drop();
    }
    return 0;
  }
  /** @returns false if it was not there */
  unlink(key: Key): boolean {
    if (this.links.get(key.index) !== key) return false;
    this.links.delete(key.index);
    this.rings.delete(key);
    this.store.countLink(this, -1);
    key.drop();
    return true;
  }
  clear(): void {
    for (const key of [...this.links.values()]) this.unlink(key);
  }
}

/** What one user has. */
export interface KeyUsage {
  keys: number;
  bytes: number;
}

/** All keys of the sandbox. */
export class KeyStore {
  readonly keys = new Map<number, Key>();
  readonly usage = new Map<number, KeyUsage>();
  /** _uid.N and _uid_ses.N. */
  readonly userRings = new Map<number, { user: Key; session: Key }>();
  /** /proc/sys/kernel/keys. */
  readonly limits = {
    maxkeys: 200,
    maxbytes: 20_000,
    root_maxkeys: 20_000,
    root_maxbytes: 25_000_000,
    gc_delay: 300,
    persistent_keyring_expiry: 259_200,
  };
  private bytes = 0;
  private links = 0;
  /** Keys without a reference that are being destroyed. */
  private readonly doomed: Key[] = [];

  constructor(readonly kernel: Kernel) {}

  /** A new key, in no key ring yet: whoever gets it holds it. @returns -EDQUOT */
  create(
    type: KeyType,
    description: string,
    uid: number,
    gid: number,
    perm: number,
    payload: Uint8Array,
  ): Key | number {
    const usage = this.usageOf(uid);
    const { keys } = this.quota(uid);
    if (this.keys.size >= MAX_KEYS || usage.keys >= keys) return -EDQUOT;
    const key = new Key(this, this.newSerial(), type, description, uid, gid, perm);
    const err = this.charge(key, description.length + 1 + payload.length);
    if (err < 0) return err;
    usage.keys++;
    key.payload = payload;
    this.keys.set(key.serial, key);
    return key;
  }

  quota(uid: number): KeyUsage {
    const { limits } = this;
    return uid === 0
      ? { keys: limits.root_maxkeys, bytes: limits.root_maxbytes }
      : { keys: limits.maxkeys, bytes: limits.maxbytes };
  }

  usageOf(uid: number): KeyUsage {
    let usage = this.usage.get(uid);
    if (usage === undefined) this.usage.set(uid, (usage = { keys: 0, bytes: 0 }));
    return usage;
  }

  /** Counts `delta` more bytes. @returns 0 or -EDQUOT */
  charge(key: Key, delta: number): number {
    const usage = this.usageOf(key.uid);
    const tooMany = usage.bytes + delta > this.quota(key.uid).bytes || this.bytes + delta > MAX_BYTES;
    if (delta > 0 && tooMany) return -EDQUOT;
    usage.bytes += delta;
    this.bytes += delta;
    key.charged += delta;
    return 0;
  }

  /** One link more or less in `ring`. @returns 0 or -EDQUOT */
  countLink(ring: Key, by: 1 | -1): number {
    if (this.links + by > MAX_LINKS) return -EDQUOT;
    const err = this.charge(ring, by * LINK_COST);
    if (err === 0) this.links += by;
    return err;
  }

  /** Moves a key to another owner. @returns 0 or -EDQUOT */
  chown(key: Key, uid: number): number {
    if (uid === key.uid) return 0;
    const to = this.usageOf(uid);
    const quota = this.quota(uid);
    if (to.keys >= quota.keys || to.bytes + key.charged > quota.bytes) return -EDQUOT;
    const from = this.usageOf(key.uid);
    from.keys--;
    from.bytes -= key.charged;
    to.keys++;
    to.bytes += key.charged;
    this.forget(key.uid, from);
    key.uid = uid;
    return 0;
  }

  /** Key rings within key rings go one after the other: guests may nest them deeper than our stack is. */
  destroy(key: Key): void {
    this.doomed.push(key);
    if (this.doomed.length > 1) return;
    // What a key ring lets go of is added to the list while it is gone through.
    for (const next of this.doomed) this.destroyOne(next);
    this.doomed.length = 0;
  }

  private destroyOne(key: Key): void {
    if (!this.keys.delete(key.serial)) return;
    key.clear();
    const usage = this.usageOf(key.uid);
    usage.keys--;
    usage.bytes -= key.charged;
    this.bytes -= key.charged;
    this.forget(key.uid, usage);
  }

  private forget(uid: number, usage: KeyUsage): void {
    if (usage.keys === 0 && usage.bytes === 0) this.usage.delete(uid);
  }

  /** Positive, random, not in use. */
  private newSerial(): number {
    const bytes = new Uint8Array(4);
    for (;;) {
      this.kernel.native.getrandom(bytes, 0, 4);
      const serial = new DataView(bytes.buffer).getUint32(0) >>> 1;
      if (serial >= 3 && !this.keys.has(serial)) return serial;
    }
  }
}
