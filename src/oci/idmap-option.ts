/**
 * The option `idmap=uids=FROM-TO-SIZE#...;gids=...` of bind mounts, as crun and podman know it: users and groups of the source from
 * FROM on are those from TO on of the host, or with `@` before FROM, of the container.
 */
import type { OciMapping } from './types.js';

export interface IdmapOption {
  readonly uids: readonly OciMapping[];
  readonly gids: readonly OciMapping[];
}

/** Where the host's ids for those of the container begin. */
interface ContainerMappings {
  readonly uidMappings?: readonly OciMapping[] | undefined;
  readonly gidMappings?: readonly OciMapping[] | undefined;
}

function hostIdOf(id: number, mappings: readonly OciMapping[] = []): number {
  const range = mappings.find((m) => id >= m.containerID && id < m.containerID + m.size);
  return range === undefined ? id : range.hostID + (id - range.containerID);
}

function parseRanges(text: string, container: readonly OciMapping[] | undefined): OciMapping[] | undefined {
  const out: OciMapping[] = [];
  for (const part of text.split('#')) {
    const match = /^([@+]?)(\d{1,10})-(\d{1,10})-(\d{1,10})$/.exec(part);
    if (match === null) return undefined;
    const to = Number(match[3]);
    const hostID = match[1] === '@' ? hostIdOf(to, container) : to;
    out.push({ containerID: Number(match[2]), hostID, size: Number(match[4]) });
  }
  return out;
}

/** True for the option with a value. */
export function isIdmapOption(word: string): boolean {
  return /^r?idmap=/.test(word);
}

/** @returns undefined if it is not written as it should be */
export function parseIdmapOption(word: string, container: ContainerMappings): IdmapOption | undefined {
  const match = /^r?idmap=uids=([^;]+);gids=([^;]+)$/.exec(word);
  const uids = parseRanges(match?.[1] ?? '', container.uidMappings);
  const gids = parseRanges(match?.[2] ?? '', container.gidMappings);
  return uids === undefined || gids === undefined ? undefined : { uids, gids };
}
