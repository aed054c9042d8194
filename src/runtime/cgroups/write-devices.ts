/**
 * Device rules. What guests may open the sentry decides; the host's processes of a container open no devices at all, and the host
 * keeps them to the same rules as a second wall. Version 2 has no file for that, only programs of BPF.
 */

import { codeOf } from './error.js';
import { writeText } from './files.js';
import type { LinuxDeviceRule } from './resources.js';

/** The lines of a rule: `a` of the kernel means all devices whatever their numbers. */
function linesOf({ type = 'a', major = -1, minor = -1, access = '' }: LinuxDeviceRule): string[] {
  const numbers = [major, minor].map((n) => (n < 0 ? '*' : String(n))).join(':');
  const how = access === '' ? 'rwm' : access;
  if (type !== 'a' && type !== '') return [`${type === 'u' ? 'c' : type} ${numbers} ${how}`];
  if (numbers === '*:*' && how.length === 3) return ['a *:* rwm'];
  return ['b', 'c'].map((kind) => `${kind} ${numbers} ${how}`);
}

/** @param rules in the order in which they count, the last most */
export function writeDevices1(rules: readonly LinuxDeviceRule[], directory: string): void {
  for (const rule of rules) {
    for (const line of linesOf(rule)) {
      try {
        writeText(`${directory}/devices.${rule.allow ? 'allow' : 'deny'}`, line);
      } catch (error) {
        // The cgroup above allows less, and goes on doing so.
        if (codeOf(error) !== 'EPERM') throw error;
      }
    }
  }
}
