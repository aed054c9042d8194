/** What a container is doing, by what is written about it and by which processes live. */
import { SPEC_VERSION } from '../version.js';
import { cleanHalfMade } from './destroy.js';
import { isAlive } from './host.js';
import type { ContainerRecord } from './record.js';
import type { Runtime } from './runtime.js';

export type Status = 'creating' | 'created' | 'running' | 'paused' | 'stopped';

/** The state of a container as the runtime specification has it. */
export interface OciState<S extends Status = Status> {
  readonly ociVersion: string;
  readonly id: string;
  /** 0 once it has stopped. */
  readonly pid: number;
  readonly status: S;
  readonly bundle: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Whether somebody began to create it and was killed. */
export function isHalfMade({ phase, creator }: ContainerRecord): boolean {
  return phase === 'creating' && !isAlive(creator);
}

/** Its stub, which is its pid for everybody, ends with it; and when the sentry dies, all its processes do. */
export function statusOf(record: ContainerRecord): Status {
  const { phase, init, sentry, paused } = record;
  if (phase === 'creating') return isHalfMade(record) ? 'stopped' : 'creating';
  if (init === undefined || !isAlive(init)) return 'stopped';
  if (sentry !== undefined && !isAlive(sentry)) return 'stopped';
  if (paused) return 'paused';
  return phase === 'created' ? 'created' : 'running';
}

/** @param status as it is, or where hooks run in between, as it is to be said */
export function ociState<S extends Status>(record: ContainerRecord, status: S): OciState<S> {
  const { annotations } = record;
  return {
    ociVersion: SPEC_VERSION,
    id: record.id,
    pid: status === 'stopped' ? 0 : (record.init?.pid ?? 0),
    status,
    bundle: record.bundle,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** What `state` prints: what runc has beside the specification, too. */
export interface PrintedState extends OciState {
  readonly rootfs: string;
  readonly created: string;
  readonly owner: string;
}

function printed(record: ContainerRecord, owner: string): PrintedState {
  const { annotations, ...state } = ociState(record, statusOf(record));
  return {
    ...state,
    rootfs: record.rootfs,
    created: record.created,
    ...(annotations === undefined ? {} : { annotations }),
    owner,
  };
}

/** The state of one container. A half-made one is cleaned away, and does not exist. @throws NotFoundError */
export async function containerState(
  runtime: Runtime,
  id: string,
  ownerName: OwnerName,
): Promise<PrintedState> {
  let record = runtime.state.get(id);
  if (isHalfMade(record)) {
    await cleanHalfMade(runtime, id);
    record = runtime.state.get(id);
  }
  return printed(record, ownerName(record.owner));
}

export type OwnerName = (uid: number) => string;

export interface ListedContainer extends PrintedState {
  /** Whether it came first in its sandbox. */
  readonly first: boolean;
}

/** All containers; half-made ones are cleaned away. */
export async function listContainers(runtime: Runtime, ownerName: OwnerName): Promise<ListedContainer[]> {
  const records = runtime.state.list();
  for (const { id } of records.filter(isHalfMade)) await cleanHalfMade(runtime, id);
  return records
    .filter((record) => !isHalfMade(record))
    .map((record) => ({ ...printed(record, ownerName(record.owner)), first: !record.joined }));
}
