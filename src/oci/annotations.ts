/** Which pod a container belongs to, as Kubernetes' runtimes say it in annotations. */

/**
 * A container by itself; the first one of a pod, which makes the sandbox; or one more, which joins the sandbox of the container
 * `sandbox`.
 */
export type PodRole =
  | { readonly role: 'single' }
  | { readonly role: 'sandbox'; readonly sandbox: string | undefined }
  | { readonly role: 'container'; readonly sandbox: string };

/** Type and sandbox: containerd's names, and those of CRI-O (podman's, too). */
const KEYS = [
  ['io.kubernetes.cri.container-type', 'io.kubernetes.cri.sandbox-id'],
  ['io.kubernetes.cri-o.ContainerType', 'io.kubernetes.cri-o.SandboxID'],
] as const;

/** @param annotations of config.json */
export function podOf(annotations: Readonly<Record<string, string>> | undefined): PodRole {
  for (const [typeKey, sandboxKey] of KEYS) {
    const type = annotations?.[typeKey];
    const sandbox = annotations?.[sandboxKey];
    if (type === 'sandbox') return { role: 'sandbox', sandbox: sandbox === '' ? undefined : sandbox };
    if (type === 'container' && sandbox !== undefined && sandbox !== '')
      return { role: 'container', sandbox };
  }
  return { role: 'single' };
}
