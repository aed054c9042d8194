/** `linux.sysctl` of config.json: settings of the container's /proc/sys. */

import { EACCES } from '../../abi/errno.js';
import { settings as settingsTree } from '../../fs/proc/sysctl.js';
import { TextLeaf, type Tree } from '../../fs/pseudo.js';
import type { Container } from '../../kernel/container.js';
import { sysctlParts } from '../../oci/sysctl.js';
import { toBytes } from '../world.js';
import { failure, reason } from './failure.js';

function leafAt(tree: Tree, parts: readonly string[]): Tree[string] | undefined {
  let at: Tree[string] | undefined = tree;
  for (const part of parts) {
    if (typeof at !== 'object' || at instanceof TextLeaf || !Object.hasOwn(at, part)) return undefined;
    at = (at as Tree)[part];
  }
  return at;
}

/** @returns 0 or -errno */
function change(container: Container, name: string, leaf: Tree[string], value: string): number {
  if (name === 'kernel.domainname') {
    // Its file asks who writes.
    container.uts.domainname = toBytes(value);
    return 0;
  }
  if (leaf instanceof TextLeaf) return leaf.ops.set?.(toBytes(value)) ?? -EACCES;
  // What never changes may be asked to be what it is.
  const words = (text: string): string => text.trim().split(/\s+/).join(' ');
  return typeof leaf === 'string' && words(leaf) === words(value) ? 0 : -EACCES;
}

/**
 * Sets what config.json asks for.
 *
 * @throws SandboxError that names the setting: there is none, it cannot be changed, or the value is wrong
 */
export function applySettings(container: Container, settings: Readonly<Record<string, string>>): void {
  const entries = Object.entries(settings);
  if (entries.length === 0) return;
  const tree = settingsTree(container);
  for (const [name, value] of entries) {
    const where = `linux.sysctl[${JSON.stringify(name)}]`;
    const leaf = leafAt(tree, sysctlParts(name));
    if (leaf === undefined) throw failure(where, 'there is no such setting');
    const err = change(container, name, leaf, value);
    if (err < 0) throw failure(where, `${JSON.stringify(value)}: ${reason(err)}`);
  }
}
