/** Which devices the tasks of a container may make and open: the rules of a devices control group (cgroup-v1/devices.rst). */

export interface DeviceRule {
  readonly allow: boolean;
  /** a: all. */
  readonly type: 'a' | 'c' | 'b';
  /** Undefined: any. */
  readonly major?: number;
  readonly minor?: number;
  /** Of r, w and m. */
  readonly access: string;
}

/** What every container may do, whatever its own rules say: make nodes, and open the devices of each /dev. */
const ALWAYS: readonly DeviceRule[] = [
  { allow: true, type: 'c', access: 'm' },
  { allow: true, type: 'b', access: 'm' },
  ...(
    [
      [1, 3],
      [1, 5],
      [1, 7],
      [1, 8],
      [1, 9],
      [5, 0],
      [5, 1],
      [5, 2],
    ] as const
  ).map(([major, minor]): DeviceRule => ({ allow: true, type: 'c', major, minor, access: 'rwm' })),
  { allow: true, type: 'c', major: 136, access: 'rwm' },
];

export class DeviceRules {
  /** The last one first. */
  private readonly rules: readonly DeviceRule[];

  /** @param rules in the order of config.json; what none of them speaks of is not allowed */
  constructor(rules: readonly DeviceRule[]) {
    this.rules = [...rules, ...ALWAYS].reverse();
  }

  /** @param access of r, w and m: all of them are asked for */
  allows(type: 'c' | 'b', major: number, minor: number, access: string): boolean {
    for (const what of access) {
      const rule = this.rules.find(
        (r) =>
          r.access.includes(what) &&
          (r.type === 'a' ||
            (r.type === type && (r.major ?? major) === major && (r.minor ?? minor) === minor)),
      );
      if (rule?.allow !== true) return false;
    }
    return true;
  }
}
