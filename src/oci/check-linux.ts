/** What the fields of `linux` mean together, apart from resources. */
import { checkMappings } from './check-mappings.js';
import { checkResources } from './check-resources.js';
import { propagationOf } from './mount-options.js';
import { SECCOMP_NOTIFY } from './names.js';
import { member, quoted, type Report } from './report.js';
import { sysctlNamespace } from './sysctl.js';
import type { OciLinux } from './types.js';

function checkNamespaces(linux: OciLinux, report: Report): void {
  const seen = new Set<string>();
  for (const [i, { type, path = '' }] of (linux.namespaces ?? []).entries()) {
    if (seen.has(type)) report.mistake(`linux.namespaces[${i}].type`, `${quoted(type)} is there twice`);
    seen.add(type);
    if (path !== '' && !path.startsWith('/'))
      report.mistake(`linux.namespaces[${i}].path`, `must be an absolute path, not ${quoted(path)}`);
  }
  for (const key of ['uidMappings', 'gidMappings'] as const) {
    const mappings = linux[key] ?? [];
    if (mappings.length > 0 && !seen.has('user'))
      report.mistake(`linux.${key}`, 'needs a user namespace in linux.namespaces');
    checkMappings(`linux.${key}`, mappings, report);
  }
  for (const name of Object.keys(linux.sysctl ?? {})) checkSysctl(name, seen, report);
}

function checkSysctl(name: string, namespaces: ReadonlySet<string>, report: Report): void {
  const field = member('linux.sysctl', name);
  const namespace = sysctlNamespace(name);
  if (name === 'kernel.hostname') report.mistake(field, 'is what hostname is for');
  else if (namespace === undefined) report.mistake(field, 'is not a setting of a namespace');
  else if (!namespaces.has(namespace))
    report.mistake(field, `needs a namespace of type ${namespace} in linux.namespaces`);
}

/** Two nodes of one name can only be one. */
function checkDevices({ devices = [] }: OciLinux, report: Report): void {
  const seen = new Map<string, string>();
  for (const [i, { path, type, major, minor }] of devices.entries()) {
    const at = `linux.devices[${i}]`;
    if (type !== 'p') {
      if (major === undefined) report.mistake(`${at}.major`, 'is missing');
      if (minor === undefined) report.mistake(`${at}.minor`, 'is missing');
    }
    const what = `${type} ${major}:${minor}`;
    if ((seen.get(path) ?? what) !== what)
      report.mistake(`${at}.path`, `${quoted(path)} is another device, too`);
    seen.set(path, what);
  }
}

function checkSeccomp({ seccomp }: OciLinux, report: Report): void {
  if (seccomp === undefined) return;
  const at = 'linux.seccomp';
  const refused = 'there is no agent that could be asked';
  if (seccomp.defaultAction === SECCOMP_NOTIFY)
    report.mistake(`${at}.defaultAction`, `${SECCOMP_NOTIFY}: ${refused}`);
  if (seccomp.listenerPath !== undefined && seccomp.listenerPath !== '')
    report.mistake(`${at}.listenerPath`, refused);
  for (const [i, { action, names }] of (seccomp.syscalls ?? []).entries()) {
    if (action === SECCOMP_NOTIFY)
      report.mistake(`${at}.syscalls[${i}].action`, `${SECCOMP_NOTIFY}: ${refused}`);
    if (names.length === 0) report.mistake(`${at}.syscalls[${i}].names`, 'must have at least one item');
    else if (names.includes(''))
      report.mistake(`${at}.syscalls[${i}].names[${names.indexOf('')}]`, 'must not be empty');
  }
}

/** What is known and not there. */
function checkUnsupported(linux: OciLinux, report: Report): void {
  const { timeOffsets = {}, netDevices = {}, personality } = linux;
  for (const [clock, { secs = 0, nanosecs = 0 }] of Object.entries(timeOffsets)) {
    if (clock !== 'monotonic' && clock !== 'boottime')
      report.mistake(member('linux.timeOffsets', clock), 'is not a clock of a time namespace');
    else if (secs !== 0 || nanosecs !== 0) report.mistake(`linux.timeOffsets.${clock}`, 'is not supported');
  }
  for (const name of Object.keys(netDevices))
    report.mistake(member('linux.netDevices', name), 'is not supported');
  if (linux.intelRdt !== undefined) report.mistake('linux.intelRdt', 'is not supported');
  if (linux.memoryPolicy !== undefined) report.mistake('linux.memoryPolicy', 'is not supported');
  if ((personality?.flags ?? []).length > 0) report.mistake('linux.personality.flags', 'must be empty');
}

export function checkLinux(linux: OciLinux, report: Report): void {
  checkNamespaces(linux, report);
  checkDevices(linux, report);
  checkSeccomp(linux, report);
  checkUnsupported(linux, report);
  if (linux.resources !== undefined) checkResources('linux.resources', linux.resources, report);
  const { rootfsPropagation: propagation = '', cgroupsPath = '' } = linux;
  if (propagation !== '' && propagationOf(propagation) === undefined)
    report.mistake('linux.rootfsPropagation', `unknown propagation ${quoted(propagation)}`);
  if (cgroupsPath.split('/').includes('..')) report.mistake('linux.cgroupsPath', 'must not have ".." in it');
}
