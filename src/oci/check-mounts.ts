/** What the fields of `mounts` mean together. */
import { checkMappings } from './check-mappings.js';
import { isIdmapOption, parseIdmapOption } from './idmap-option.js';
import {
  dataMistake,
  FILE_SYSTEMS,
  isLabelOption,
  type MountOptions,
  parseMountOptions,
} from './mount-options.js';
import { quoted, type Report } from './report.js';
import type { OciMount } from './types.js';

/** True if something of the host is mounted: by an option, or by a type that says it. */
export function isBind(mount: OciMount, options: MountOptions): boolean {
  return options.bind || mount.type === 'bind' || mount.type === 'rbind';
}

function checkDestination(at: string, { destination }: OciMount, report: Report): void {
  if (destination === '') report.mistake(`${at}.destination`, 'must not be empty');
  else if (!destination.startsWith('/'))
    report.warn(`${at}.destination`, `${quoted(destination)} is taken as an absolute path`);
  if (destination.length > 4095)
    report.mistake(`${at}.destination`, 'must not be longer than 4095 characters');
}

/** @param position of the n-th option that is for the file system, in the config's list */
function checkData(at: string, type: string, mount: OciMount, options: MountOptions, report: Report): void {
  for (const word of options.data) {
    const field = `${at}.options[${(mount.options ?? []).indexOf(word)}]`;
    if (isLabelOption(word)) report.warn(field, 'is ignored: guests have no SELinux');
    else {
      const mistake = dataMistake(type, word);
      if (mistake !== undefined) report.mistake(field, mistake);
    }
  }
}

function checkIdmap(field: string, word: string, report: Report): void {
  const maps = parseIdmapOption(word, {});
  if (maps === undefined) {
    report.mistake(field, `must be like idmap=uids=0-1000-10;gids=0-1000-10, not ${quoted(word)}`);
    return;
  }
  checkMappings(`${field}.uids`, maps.uids, report);
  checkMappings(`${field}.gids`, maps.gids, report);
}

function checkBind(at: string, mount: OciMount, options: MountOptions, report: Report): void {
  if (mount.source === undefined || mount.source === '')
    report.mistake(`${at}.source`, 'is missing: a bind mount needs one');
  if (options.copyUp) report.mistake(`${at}.options`, 'tmpcopyup is for tmpfs only');
  for (const word of options.data) {
    if (isLabelOption(word)) continue;
    const field = `${at}.options[${(mount.options ?? []).indexOf(word)}]`;
    if (!isIdmapOption(word)) report.warn(field, `${quoted(word)} means nothing to a bind mount`);
    else checkIdmap(field, word, report);
  }
  const uids = mount.uidMappings ?? [];
  const gids = mount.gidMappings ?? [];
  if (uids.length > 0 !== gids.length > 0)
    report.mistake(`${at}.${uids.length > 0 ? 'gidMappings' : 'uidMappings'}`, 'is missing: both or none');
  checkMappings(`${at}.uidMappings`, uids, report);
  checkMappings(`${at}.gidMappings`, gids, report);
}

function checkMount(at: string, mount: OciMount, report: Report): void {
  const options = parseMountOptions(mount.options ?? []);
  checkDestination(at, mount, report);
  if (isBind(mount, options)) {
    checkBind(at, mount, options, report);
    return;
  }
  const { type = '' } = mount;
  if (type === '' || type === 'none') {
    report.mistake(`${at}.type`, 'is missing: only a mount with the option bind or rbind has none');
    return;
  }
  // Its options are the host kernel's to judge.
  if (type === 'overlay') return;
  if (!FILE_SYSTEMS.includes(type)) {
    report.mistake(`${at}.type`, `unknown file system ${quoted(type)}`);
    return;
  }
  if (options.copyUp && type !== 'tmpfs') report.mistake(`${at}.options`, 'tmpcopyup is for tmpfs only');
  if (options.idmap || mount.uidMappings !== undefined || mount.gidMappings !== undefined)
    report.mistake(
      `${at}.${mount.uidMappings === undefined ? 'options' : 'uidMappings'}`,
      'ids are mapped for bind mounts only',
    );
  checkData(at, type, mount, options, report);
}

export function checkMounts(mounts: readonly OciMount[], report: Report): void {
  for (const [i, mount] of mounts.entries()) checkMount(`mounts[${i}]`, mount, report);
}
