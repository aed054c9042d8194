/** Answers of the resolver, kept as long as their records allow, and no more than fit. */

import type { Question } from './message.js';
import { lower } from './name.js';

const MAX_ENTRIES = 4096;
/** Bytes of record data in all of them. */
const MAX_BYTES = 8 * 1024 * 1024;

interface Entry<T> {
  readonly value: T;
  readonly bytes: number;
  readonly stored: number;
  readonly until: number;
}

/** Questions are the same whatever the case of their letters. */
export function questionKey({ name, type, class: cls }: Question): string {
  return `${type} ${cls} ${lower(name)}`;
}

export class DnsCache<T> {
  /** The least recently used first. */
  private readonly entries = new Map<string, Entry<T>>();
  private bytes = 0;

  /** @param now the kernel's monotonic clock, ms */
  constructor(private readonly now: () => number) {}

  /**
   * Keeps `value` for `seconds`; not at all for 0.
   * @param bytes how much memory it takes, about
   */
  set(key: string, value: T, seconds: number, bytes: number): void {
    this.delete(key);
    if (seconds <= 0 || bytes > MAX_BYTES) return;
    const now = this.now();
    this.entries.set(key, { value, bytes, stored: now, until: now + seconds * 1000 });
    this.bytes += bytes;
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= MAX_ENTRIES && this.bytes <= MAX_BYTES) break;
      this.delete(oldest);
    }
  }

  /** @returns the value, and for how many whole seconds it has been kept */
  get(key: string): { readonly value: T; readonly age: number } | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    const now = this.now();
    if (entry.until <= now) {
      this.delete(key);
      return undefined;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    return { value: entry.value, age: Math.floor((now - entry.stored) / 1000) };
  }

  private delete(key: string): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    this.bytes -= entry.bytes;
  }
}
