/** Cgroup file systems as plain directories. What the kernel would make in a new cgroup must be there beforehand. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CgroupOptions } from '../../../src/runtime/cgroups/cgroup.js';
import type { HostTexts } from '../../../src/runtime/cgroups/hierarchy.js';
import { scratchDirectory } from '../../support/scratch.js';

export class Tree {
  readonly root = scratchDirectory('cgroups');
  readonly warnings: string[] = [];

  /** @param files paths below the root with their text */
  constructor(
    private readonly hierarchies: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string>> = {},
  ) {
    for (const name of Object.values(hierarchies)) mkdirSync(join(this.root, name), { recursive: true });
    for (const [path, text] of Object.entries(files)) this.put(path, text);
  }

  put(path: string, text: string): void {
    const at = join(this.root, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text);
  }
  get(path: string): string {
    return readFileSync(join(this.root, path), 'latin1');
  }
  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** @param own the caller's cgroup in every hierarchy */
  texts(own = '/'): HostTexts {
    const mountinfo: string[] = [];
    const cgroup: string[] = [];
    let n = 20;
    for (const [name, directory] of Object.entries(this.hierarchies)) {
      const type = name === '' ? 'cgroup2' : 'cgroup';
      const options = name === '' ? 'rw' : `rw,${name}`;
      mountinfo.push(
        `${n} 1 0:${n} / ${join(this.root, directory)} rw,relatime shared:9 - ${type} cgroup ${options}`,
      );
      cgroup.push(`${name === '' ? 0 : n - 10}:${name}:${own}`);
      n++;
    }
    return { mountinfo: `${mountinfo.join('\n')}\n`, cgroup: `${cgroup.join('\n')}\n` };
  }

  options(own = '/'): CgroupOptions {
    return { id: 'c1', manager: 'cgroupfs', warn: (m) => this.warnings.push(m), host: this.texts(own) };
  }
}
