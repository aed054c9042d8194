/** The machine's figures as a container with limits may know them: its memory and its processors are all that there are. */

import type { Container } from '../../kernel/container.js';
import { hidesCpus, shownCpus } from '../../kernel/cpus.js';
import { usedMemory } from '../cgroup/figures.js';

/** What a container with a limit has of memory, bytes; undefined: all that the machine has. */
export interface ShownMemory {
  readonly total: number;
  readonly free: number;
  /** Of programs, and of files in memory. */
  readonly anonymous: number;
  readonly files: number;
}

/** @param machine bytes of the machine's memory: a limit above that is none */
export function shownMemory(container: Container, machine: number): ShownMemory | undefined {
  const { limit } = container.memory;
  if (limit >= machine) return undefined;
  const { anonymous, held } = usedMemory(container);
  const free = Math.max(0, limit - anonymous - held);
  return { total: limit, free, anonymous: Math.min(limit, anonymous), files: Math.min(limit, held) };
}

/** One figure of /proc/meminfo in bytes. */
export function meminfoBytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

/** Lines of /proc/meminfo that are about the machine itself, and those that are so as far as there is memory. */
const KEPT = /^(Vmalloc|Huge)/;
const BOUNDED = /^(CommitLimit|DirectMap)/;

/** /proc/meminfo: what is in use is what the container uses, and what it cannot use it does not see. */
export function meminfoText(container: Container, host: string): string {
  const shown = shownMemory(container, meminfoBytes(host, 'MemTotal'));
  if (shown === undefined) return host;
  const own = new Map<string, number>([
    ['MemTotal', shown.total],
    ['MemFree', shown.free],
    ['MemAvailable', shown.free],
    ['Buffers', 0],
    ['Cached', shown.files],
    ['SwapCached', 0],
    ['Active', shown.anonymous],
    ['Inactive', shown.files],
    ['Active(anon)', shown.anonymous],
    ['Inactive(anon)', shown.files],
    ['Active(file)', 0],
    ['Inactive(file)', 0],
    ['SwapTotal', 0],
    ['SwapFree', 0],
    ['AnonPages', shown.anonymous],
    ['Committed_AS', shown.anonymous],
    ['Shmem', shown.files],
  ]);
  const most = Math.floor(shown.total / 1024);
  return host.replace(/^([^:\n]+):( *)(\d+) kB$/gm, (line, name: string, blanks: string, digits: string) => {
    if (KEPT.test(name)) return line;
    const kib = BOUNDED.test(name) ? Math.min(most, Number(digits)) : Math.floor((own.get(name) ?? 0) / 1024);
    return `${name}:${String(kib).padStart(blanks.length + digits.length)} kB`;
  });
}

/** /proc/cpuinfo: a paragraph for each processor that is shown. */
export function cpuinfoText(container: Container, host: string): string {
  if (!hidesCpus(container)) return host;
  const shown = new Set(shownCpus(container));
  const paragraphs = host.split(/\n\n+/).filter((text) => text.trim() !== '');
  return paragraphs
    .filter((text) => shown.has(Number(/^processor\s*:\s*(\d+)/m.exec(text)?.[1] ?? 0)))
    .map((text) => `${text.trimEnd()}\n\n`)
    .join('');
}

/** /proc/stat: without the lines of processors that are not shown. */
export function withoutHiddenCpus(container: Container, text: string): string {
  if (!hidesCpus(container)) return text;
  const shown = new Set(shownCpus(container));
  return text.replace(/^cpu(\d+) .*\n/gm, (line, n: string) => (shown.has(Number(n)) ? line : ''));
}
