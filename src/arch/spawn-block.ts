/** What a new process finds where it asked for its arguments: struct tv_spawn (addon/guest/plan.h) and what it points to. */

export const NR_SPAWN = 1003;
export const NR_SPAWNED = 1004;
/** Answer to NR_LOAD: there is no program. */
export const ZYGOTE = 1;

const HEADER = 32;
const LIMIT = 24;
const WORD = 8;
/** Bytes of one string at most, its end included (MAX_ARG_STRLEN). */
const MAX_STRING = 131072;
/** Bytes of all together: a quarter of the host's stack limit of 8 MiB, less what execve(2) puts there itself. */
const MAX_BLOCK = 2 * 1024 * 1024 - 65536;

/** What a process is to begin with. Strings are byte strings. */
export interface SpawnBlock {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  /** Limits that the host is to carry out: RLIMIT_*, soft and hard; Infinity is RLIM_INFINITY. */
  readonly limits: readonly { readonly resource: number; readonly soft: number; readonly hard: number }[];
}

/** @returns bytes that the block takes, or undefined if execve(2) would refuse its strings (E2BIG) */
export function spawnSize({ argv, env, limits }: SpawnBlock): number | undefined {
  let size = HEADER + limits.length * LIMIT + (argv.length + env.length + 2) * WORD + 1;
  for (const s of argv.concat(env)) {
    if (s.length >= MAX_STRING) return undefined;
    size += s.length + 1;
  }
  return size > MAX_BLOCK ? undefined : size;
}

/** The block as it is at address `base`. Its size must be one that `spawnSize` gives. */
export function encodeSpawn(base: number, block: SpawnBlock): Uint8Array {
  const { argv, env, limits } = block;
  const bytes = Buffer.alloc(spawnSize(block) ?? 0);
  const word = (at: number, value: bigint): void => void bytes.writeBigUInt64LE(value, at);
  const limit = (value: number): bigint => (value < Number.MAX_SAFE_INTEGER ? BigInt(value) : 2n ** 64n - 1n);
  word(24, BigInt(limits.length));
  limits.forEach((l, i) => {
    const at = HEADER + i * LIMIT;
    word(at, BigInt(l.resource));
    word(at + 8, limit(l.soft));
    word(at + 16, limit(l.hard));
  });
  let words = HEADER + limits.length * LIMIT;
  let strings = words + (argv.length + env.length + 2) * WORD;
  const vector = (header: number, list: readonly string[]): void => {
    word(header, BigInt(base + words));
    for (const s of list) {
      word(words, BigInt(base + strings));
      words += WORD;
      strings += bytes.write(s, strings, 'latin1') + 1;
    }
    words += WORD;
  };
  vector(8, argv);
  vector(16, env);
  word(0, BigInt(base + strings));
  return bytes;
}
