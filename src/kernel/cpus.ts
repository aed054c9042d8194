/** The processors of a container: those of its cpuset, and of these as many as its quota is worth. */

import type { Container } from './container.js';

/** Numbers of a list like `0-3,8` (cpuset(7), "List format"); what is none is left out. */
export function parseCpuList(text: string): number[] {
  const out = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    if (match === null) continue;
    const first = Number(match[1]);
    const last = Math.min(Number(match[2] ?? first), MOST_CPUS - 1);
    for (let n = first; n <= last; n++) out.add(n);
  }
  return [...out].sort((a, b) => a - b);
}

/** More than any host has. */
const MOST_CPUS = 8192;

/** A list of numbers, ascending, as the kernel prints it: `0-2,5`. */
export function cpuList(cpus: readonly number[]): string {
  const out: string[] = [];
  for (let i = 0; i < cpus.length; ) {
    let end = i;
    while (cpus[end + 1] === (cpus[end] as number) + 1) end++;
    out.push(end === i ? `${cpus[i]}` : `${cpus[i]}-${cpus[end]}`);
    i = end + 1;
  }
  return out.join(',');
}

/** Processors that the host shows in /proc/cpuinfo. */
function hostCpus(container: Container): number[] {
  const text = container.kernel.native.hostProc(-1, 'cpuinfo');
  const found = typeof text === 'string' ? [...text.matchAll(/^processor\s*:\s*(\d+)/gm)] : [];
  return found.length === 0 ? [0] : found.map((m) => Number(m[1]));
}

/** Those of `cpus` that a container shows, which are never none. */
export function shownCpus(container: Container, cpus: readonly number[] = hostCpus(container)): number[] {
  const { cpuset, cpus: most } = container.limits;
  const wanted = cpuset === undefined ? cpus : parseCpuList(cpuset).filter((n) => cpus.includes(n));
  const some = wanted.length === 0 ? cpus : wanted;
  return some.slice(0, Math.max(1, most));
}

/** A container shows fewer processors than the host has. */
export function hidesCpus(container: Container): boolean {
  return container.limits.cpus !== Infinity || container.limits.cpuset !== undefined;
}
