/** Signals by name. */
import { constants } from 'node:os';

/** SIGRTMIN and SIGRTMAX as C libraries have them: the first two are theirs. */
const RTMIN = 34;
const RTMAX = 64;

/** SIGRTMIN+3 and SIGRTMAX-1. */
function realTime(name: string): number | undefined {
  const match = /^RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name);
  if (match === null) return undefined;
  const offset = Number(match[3] ?? 0) * (match[2] === '-' ? -1 : 1);
  const signal = (match[1] === 'MIN' ? RTMIN : RTMAX) + offset;
  return signal >= RTMIN && signal <= RTMAX ? signal : undefined;
}

/**
 * The number of a signal: `TERM`, `SIGTERM`, `sigterm`, `15`, `RTMIN+3`. 0 asks only whether there is a process.
 *
 * @returns undefined if there is no such signal
 */
export function parseSignal(text: string): number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text) <= RTMAX ? Number(text) : undefined;
  const name = text.toUpperCase().replace(/^SIG/, '');
  const signals: Readonly<Record<string, number>> = constants.signals;
  return signals[`SIG${name}`] ?? realTime(name);
}
