/**
 * Steps that other runtimes fail, so that a run with one of them ends well if it fails no others. There is no list for tvisor: all steps
 * count.
 */
const RUNC: readonly (readonly [string, string])[] = [
  ['podman run: files, limits, namespaces: --cgroups=disabled', 'has no mode without control groups'],
  [
    'podman run: files, limits, namespaces: hooks are run, and are told the container’s state',
    'tells poststart hooks that the container is created',
  ],
  ['docker run: --privileged', 'sets capabilities that the test itself does not have'],
];
const CRUN: readonly (readonly [string, string])[] = [];
const RUNSC: readonly (readonly [string, string])[] = [];

/** The steps, as "suite: step", that a runtime is known to fail, with the reason. */
export function knownFailures(runtime: string): Map<string, string> {
  return new Map({ runc: RUNC, crun: CRUN, runsc: RUNSC }[runtime] ?? []);
}
