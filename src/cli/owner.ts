/** Users of the host by name. */
import { readFileSync } from 'node:fs';

/** The name of a user as /etc/passwd has it, else `#UID`. */
export function ownerName(uid: number): string {
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name = '', , number] = line.split(':');
      if (number === String(uid)) return name;
    }
  } catch {
    // Then without.
  }
  return `#${uid}`;
}
