/** What a new process finds where it asked for its arguments: struct tv_spawn (addon/guest/plan.h) and what it points to. */

export const NR_SPAWN = 1003;
export const NR_SPAWNED = 1004;
/** Answer to NR_LOAD: there is no program. */
export const ZYGOTE = 1;

const HEADER = 24;
const WORD = 8;
/** Bytes of one string at most, its end included (MAX_ARG_STRLEN). */
const MAX_STRING = 131072;
/** Bytes of all together: a quarter of the host's stack limit of 8 MiB, less what execve(2) puts there itself. */
const MAX_BLOCK = 2 * 1024 * 1024 - 65536;

/** @returns bytes that the block of these byte strings takes, or undefined if execve(2) would refuse them (E2BIG) */
export function spawnSize(argv: readonly string[], env: readonly string[]): number | undefined {
  let size = HEADER + (argv.length + env.length + 2) * WORD + 1;
  for (const s of argv.concat(env)) {
    if (s.length >= MAX_STRING) return undefined;
    size += s.length + 1;
  }
  return size > MAX_BLOCK ? undefined : size;
}

/** The block as it is at address `base`. */
export function encodeSpawn(base: number, argv: readonly string[], env: readonly string[]): Uint8Array {
  const bytes = Buffer.alloc(spawnSize(argv, env) ?? 0);
  let words = HEADER;
  let strings = HEADER + (argv.length + env.length + 2) * WORD;
  const word = (at: number, value: number): void => void bytes.writeBigUInt64LE(BigInt(value), at);
  const vector = (header: number, list: readonly string[]): void => {
    word(header, base + words);
    for (const s of list) {
      word(words, base + strings);
      words += WORD;
      strings += bytes.write(s, strings, 'latin1') + 1;
    }
    words += WORD;
  };
  vector(8, argv);
  vector(16, env);
  word(0, base + strings);
  return bytes;
}
