/**
 * The runtime's state directory: ROOT/ID for each container, ROOT/@sandboxes/ID for each sandbox. See record.ts for what is in
 * the files and locked-directory.ts for how they come and go.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NotFoundError, RuntimeError, reasonOf } from './errors.js';
import { makeDirectories, readIfThere, writeWhole } from './files.js';
import { checkId } from './ids.js';
import { LockedDirectory, type TryLock } from './locked-directory.js';
import { type ContainerRecord, RECORD_VERSION } from './record.js';

const RECORD = 'container.json';
/** config.json as it was when the container was created; the bundle's may have changed since. */
const CONFIG = 'config.json';
/** Where the sentry writes the wait status of the first process. */
const EXIT_STATUS = 'exit-status';
const SANDBOXES = '@sandboxes';

/** A container that no other command changes while this one has it. */
export class LockedContainer {
  constructor(
    private readonly directory: LockedDirectory,
    private current: ContainerRecord,
  ) {}

  get path(): string {
    return this.directory.path;
  }

  get record(): ContainerRecord {
    return this.current;
  }

  /** Write down what has changed. A change of phase is on the disk then; the others are in a moment. */
  update(changes: Partial<ContainerRecord>): void {
    const next = { ...this.current, ...changes };
    try {
      writeWhole(join(this.path, RECORD), JSON.stringify(next), 0o600);
    } catch (error) {
      throw new RuntimeError(`cannot write the state of container "${next.id}": ${reasonOf(error)}`);
    }
    this.current = next;
  }

  release(): void {
    this.directory.release();
  }

  remove(): void {
    this.directory.remove();
  }
}

export class StateDirectory {
  constructor(
    /** Absolute. */
    readonly root: string,
    readonly tryFlock: TryLock,
  ) {}

  get sandboxes(): string {
    return join(this.root, SANDBOXES);
  }

  /** Make the directories that are not there yet. @throws RuntimeError */
  prepare(): void {
    try {
      makeDirectories(this.sandboxes, 0o700);
      LockedDirectory.sweep(this.tryFlock, this.root);
      LockedDirectory.sweep(this.tryFlock, this.sandboxes);
    } catch (error) {
      throw new RuntimeError(`cannot make the state directory ${this.root}: ${reasonOf(error)}`);
    }
  }

  /**
   * Take a name for a new container.
   *
   * @param config text of config.json
   * @throws RuntimeError if the name is taken, or the state cannot be written; then nothing is left
   */
  reserve(record: ContainerRecord, config: string): LockedContainer {
    checkId(record.id);
    let directory: LockedDirectory | undefined;
    try {
      directory = LockedDirectory.create(this.tryFlock, this.path(record.id), (path) => {
        // Not waited for: the directory is, when the container is complete.
        writeWhole(join(path, RECORD), JSON.stringify(record), 0o600);
        writeWhole(join(path, CONFIG), config, 0o600);
      });
    } catch (error) {
      throw new RuntimeError(`cannot write the state of container "${record.id}": ${reasonOf(error)}`);
    }
    if (directory === undefined) {
      throw new RuntimeError(`container with id "${record.id}" already exists`);
    }
    return new LockedContainer(directory, record);
  }

  /** Take a container for changes. @throws NotFoundError, or RuntimeError if another command keeps it */
  async lock(id: string, patience?: number): Promise<LockedContainer> {
    checkId(id);
    const directory = await LockedDirectory.lock(this.tryFlock, this.path(id), patience);
    if (directory === undefined) throw new NotFoundError(id);
    return this.opened(directory, id);
  }

  /** The same without waiting: undefined if another command has it or there is none. */
  tryLock(id: string): LockedContainer | undefined {
    const directory = LockedDirectory.tryLock(this.tryFlock, this.path(id));
    return directory === undefined ? undefined : this.opened(directory, id);
  }

  private opened(directory: LockedDirectory, id: string): LockedContainer {
    const record = this.read(id);
    if (record !== undefined) return new LockedContainer(directory, record);
    directory.release();
    throw new NotFoundError(id);
  }

  /** What is written about a container. @throws NotFoundError */
  get(id: string): ContainerRecord {
    checkId(id);
    const record = this.read(id);
    if (record === undefined) throw new NotFoundError(id);
    return record;
  }

  /** Undefined: there is no container of that name, or it is another runtime's. */
  private read(id: string): ContainerRecord | undefined {
    const path = join(this.path(id), RECORD);
    const text = readIfThere(path);
    if (text === undefined) return undefined;
    let record: ContainerRecord;
    try {
      record = JSON.parse(text) as ContainerRecord;
    } catch {
      throw new RuntimeError(`${path}: damaged`);
    }
    if (record.version !== RECORD_VERSION) {
      throw new RuntimeError(`${path}: written by another version of tvisor`);
    }
    return record;
  }

  /** All containers, in the order of their names. */
  list(): ContainerRecord[] {
    let names: string[];
    try {
      names = readdirSync(this.root);
    } catch (error) {
      throw new RuntimeError(`cannot read the state directory ${this.root}: ${reasonOf(error)}`);
    }
    return names
      .filter((name) => !name.startsWith('@'))
      .sort()
      .flatMap((name) => this.read(name) ?? []);
  }

  /** Whether the name is taken. */
  exists(id: string): boolean {
    return existsSync(this.path(id));
  }

  /** The directory of a container. */
  path(id: string): string {
    return join(this.root, id);
  }

  /** Text of the config.json that a container was created with. */
  config(id: string): string {
    const text = readIfThere(join(this.path(id), CONFIG));
    if (text === undefined) throw new NotFoundError(id);
    return text;
  }

  exitFile(id: string): string {
    return join(this.path(id), EXIT_STATUS);
  }

  /** Wait status of the first process, once the sentry has written it. */
  exitStatus(id: string): number | undefined {
    const text = readIfThere(this.exitFile(id));
    return text === undefined || !/^\d+\n?$/.test(text) ? undefined : Number(text);
  }
}
