/** What a check of config.json finds. */

/** config.json breaks the specification or asks for what there is not. */
export class ConfigError extends Error {
  /** @param mistakes each one line that begins with the field; the first is the message */
  constructor(readonly mistakes: readonly string[]) {
    super(mistakes[0] ?? 'is not valid');
    this.name = 'ConfigError';
  }
}

/** Mistakes and warnings by field, as lines. */
export class Report {
  readonly mistakes: string[] = [];
  readonly warnings: string[] = [];

  /** @param field the path of the field, e.g. `mounts[2].options[0]` */
  mistake(field: string, what: string): void {
    this.mistakes.push(`${field}: ${what}`);
  }
  warn(field: string, what: string): void {
    this.warnings.push(`${field}: ${what}`);
  }

  /** @throws ConfigError if there are mistakes */
  judge(): void {
    if (this.mistakes.length > 0) throw new ConfigError(this.mistakes);
  }
}

/** A text as a message shows it: quoted, and not longer than people read. */
export function quoted(text: string): string {
  const all = JSON.stringify(text);
  return all.length > 80 ? `${all.slice(0, 80)}...` : all;
}

/** The field of a member whose name may be anything. */
export function member(of: string, name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? `${of}.${name}` : `${of}[${quoted(name)}]`;
}
