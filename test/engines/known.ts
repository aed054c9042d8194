/** Steps that are known to fail, with the reason, so that a run ends well if it fails no others. */
const TVISOR: readonly (readonly [string, string])[] = [
  [
    'podman: lives of containers: cp: a tmpfs of a running container',
    'what is on a tmpfs is in the sentry, where podman cannot write: it is told so',
  ],
  [
    'podman: networks, pods, builds: build: RUN with the network',
    'podman sets up a build’s network between create and start, when the sandbox has its own already',
  ],
];
const RUNC: readonly (readonly [string, string])[] = [
  ['podman run: files, limits, namespaces: --cgroups=disabled', 'has no mode without control groups'],
  [
    'podman run: files, limits, namespaces: hooks are run, and are told the container’s state',
    'tells poststart hooks that the container is created',
  ],
  ['docker run: --privileged', 'sets capabilities that the test itself does not have'],
];
const CRUN: readonly (readonly [string, string])[] = [
  ['containerd: run: what cannot be run is said, and leaves nothing', 'says it in other words'],
  ['containerd: exec: output, status, --cwd, --user', 'says in other words that there is no such program'],
  [
    'docker: lives of containers: exec: output, status, standard input, user, directory, environment',
    'says in other words that there is no such program',
  ],
  [
    'docker run: what cannot be run is 127 or 126, wrong flags 125, signals 128 and their number',
    'says it in words that docker does not know',
  ],
  ['docker run: --privileged', 'sets capabilities that the test itself does not have'],
];

/** The steps, as "suite: step", that a runtime is known to fail, with the reason. */
export function knownFailures(runtime: string): Map<string, string> {
  return new Map({ tvisor: TVISOR, runc: RUNC, crun: CRUN }[runtime] ?? []);
}
