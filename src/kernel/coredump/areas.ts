/** Which memory of a process belongs into its core file (fs/coredump.c, vma_dump_size), read from its smaps. */

export interface Area {
  start: number;
  end: number;
  readable: boolean;
  writable: boolean;
  executable: boolean;
  /** Offset in its file, bytes, and the file's name as the guest knows it; '' for none. */
  offset: number;
  file: string;
  /** Bytes from the start that are put into the file; the rest is only described. */
  dumped: number;
}

const HEAD = /^([0-9a-f]+)-([0-9a-f]+) ([r-])([w-])([x-])([ps]) ([0-9a-f]+) \S+ \S+ *(.*)$/;
const FLAGS_NOT_DUMPED = new Set(['io', 'dd']);
const PAGE = 4096;

/**
 * Anonymous memory and what a program has changed in private mappings of files is kept whole; of other files only the first
 * page, by which a debugger knows them.
 * @param smaps text of /proc/pid/smaps as the guest sees it
 */
export function dumpAreas(smaps: string): Area[] {
  const areas: Area[] = [];
  let area: Area | undefined;
  let shared = false;
  for (const line of smaps.split('\n')) {
    const m = HEAD.exec(line);
    if (m !== null) {
      const [, start, end, r, w, x, s, offset, name] = m as unknown as string[];
      shared = s === 's';
      area = {
        start: Number.parseInt(start as string, 16),
        end: Number.parseInt(end as string, 16),
        readable: r === 'r',
        writable: w === 'w',
        executable: x === 'x',
        offset: Number.parseInt(offset as string, 16),
        file: name?.startsWith('/') === true ? name : '',
        dumped: 0,
      };
      if (area.file !== '' && area.offset === 0 && area.readable) area.dumped = PAGE;
      if (name === '[vdso]') area.dumped = area.end - area.start;
      areas.push(area);
    } else if (area !== undefined && line.startsWith('Anonymous:')) {
      if (!shared && !/ 0 kB$/.test(line)) area.dumped = area.end - area.start;
    } else if (area !== undefined && line.startsWith('Rss:')) {
      if (shared && area.file === '' && !/ 0 kB$/.test(line)) area.dumped = area.end - area.start;
    } else if (area !== undefined && line.startsWith('VmFlags:')) {
      if (line.split(/\s+/).some((flag) => FLAGS_NOT_DUMPED.has(flag))) area.dumped = 0;
    }
  }
  return areas;
}
