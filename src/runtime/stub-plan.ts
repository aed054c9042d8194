/** What a stub does before it begins to watch, as the words that addon/stub/stub.c understands. */

/** Steps and their arguments. */
interface Steps {
  /** setns(2) of a descriptor and CLONE_NEW* flags; closes it. */
  join: [fd: number, flags: number];
  /** unshare(2). */
  unshare: [flags: number];
  /** Goes on as a child of the caller, in the pid namespace joined before, leader of a session; reports `p` and the pid. */
  fork: [];
  /** Reports a letter and waits for a byte. */
  report: [letter: string];
  hostname: [name: string];
  domainname: [name: string];
  loopback: [];
  /** Text for /proc/self/oom_score_adj; a refusal is a warning. */
  oom: [text: string];
  /** Text for a file below /proc/sys of the namespaces that it is in by then; a refusal is a warning. */
  setting: [path: string, text: string];
  /** A private copy of the mounts, and the root on top of where it lies. */
  root: [path: string];
  /** Flags: "r" or nothing. */
  bind: [destination: string, source: string, flags: string];
  mount: [destination: string, type: string, flags: string, options: string];
  /** The mount at a path becomes read-only, "/" for the root; what is mounted in it does not. */
  seal: [path: string];
  /** The root becomes that of the namespace. */
  pivot: [];
  /** A terminal's slave becomes the controlling terminal and is closed. */
  terminal: [fd: number];
}

export class StubPlan {
  #text = '';

  /** @throws Error for an argument with a NUL byte */
  add<S extends keyof Steps>(step: S, ...args: Steps[S]): this {
    for (const word of [step, ...args].map(String)) {
      if (word.includes('\0')) throw new Error(`${JSON.stringify(word)}: a NUL byte`);
      this.#text += `${word}\0`;
    }
    return this;
  }

  /** Words, each with a NUL byte behind it. */
  get text(): string {
    return this.#text;
  }
}
