/** Host names of rules and of questions (RFC 1123, RFC 4592 for the wildcard's looks). */

/** The longest name as text. */
const MAX_NAME = 253;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/** Names in small letters, without the dot at the end. */
export interface NamePattern {
  readonly name: string;
  /** The names below it, at any depth, and not the name itself. */
  readonly subdomains: boolean;
}

/**
 * A host name, or `*.` and one. Its last label has a letter in it, as those of all names have, so that a mistyped address is
 * never taken for a name.
 * @returns undefined if it is not one
 */
export function parseNamePattern(text: string): NamePattern | undefined {
  const subdomains = text.startsWith('*.');
  const name = (subdomains ? text.slice(2) : text).toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  if (name.length > MAX_NAME || !labels.every((label) => LABEL.test(label))) return undefined;
  return /[a-z]/.test(labels.at(-1) ?? '') ? { name, subdomains } : undefined;
}

/** @param name in small letters, without the dot at the end */
export function matchesName(pattern: NamePattern, name: string): boolean {
  return pattern.subdomains ? name.endsWith(`.${pattern.name}`) : name === pattern.name;
}
