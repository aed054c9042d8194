/** How quiet the machine is: a fixed loop of arithmetic, timed again and again, and what the host says of its load. */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { Noise } from './model.js';
import { summarize } from './statistics.js';

const spinSteps = 1_000_000;

/** Timings of one visit. */
const spinsAtOnce = 20;

/** Beyond these a run is too noisy to believe small differences. */
const limits = { spread: 0.03, range: 0.5, steal: 0.02, preemptions: 20, loadPerCore: 0.5 };

/** Columns of the `cpu` line of /proc/stat after its name, as proc(5) has them; guest time is in user time already. */
const statColumns = 8;
const stealColumn = 7;

/** Arithmetic that no compiler can leave out, always the same: about 1 ms. */
export function spin(): number {
  let x = 1;
  for (let i = 0; i < spinSteps; i++) {
    x = (Math.imul(x, 1103515245) + 12345) | 0;
  }
  return x;
}

/** All processors' ticks and the stolen ones among them, since the machine's start; zeros where nothing tells. */
function ticks(): { all: number; stolen: number } {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
    const numbers = line
      .trim()
      .split(/\s+/)
      .slice(1, 1 + statColumns)
      .map(Number);
    return { all: numbers.reduce((sum, n) => sum + n, 0), stolen: numbers[stealColumn] ?? 0 };
  } catch {
    return { all: 0, stolen: 0 };
  }
}

/** What is wrong with a machine this noisy, for people. */
export function noiseWarnings(noise: Omit<Noise, 'warnings'>, cores: number): string[] {
  const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
  const warnings: string[] = [];
  if (noise.spread > limits.spread || noise.range > limits.range) {
    warnings.push(
      `a fixed loop took ${percent(noise.spread)} more or less in the middle and ${percent(noise.range)} more at worst`,
    );
  }
  if (noise.steal > limits.steal) {
    warnings.push(`the hypervisor gave ${percent(noise.steal)} of the processors to others`);
  }
  if (noise.preemptions > limits.preemptions) {
    warnings.push(`the loop lost its processor ${noise.preemptions.toFixed(0)} times a second`);
  }
  if (noise.load.before > cores * limits.loadPerCore) {
    warnings.push(`the load was ${noise.load.before.toFixed(2)} before the run began`);
  }
  return warnings;
}

/** Watches from its construction to `report`. */
export class NoiseMeter {
  private readonly spins: number[] = [];
  private readonly ticksBefore = ticks();
  private readonly loadBefore = loadavg()[0] ?? 0;
  private preempted = 0;

  constructor() {
    // Compiled before anything counts.
    for (let i = 0; i < spinsAtOnce; i++) {
      spin();
    }
  }

  /** Time the loop a few times: before, after and between the rounds. */
  sample(): void {
    const before = process.resourceUsage().involuntaryContextSwitches;
    for (let i = 0; i < spinsAtOnce; i++) {
      const start = process.hrtime.bigint();
      spin();
      this.spins.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    this.preempted += process.resourceUsage().involuntaryContextSwitches - before;
  }

  /** @param cores of the machine */
  report(cores: number): Noise {
    const summary = summarize(this.spins) ?? { median: 1, deviation: 0, min: 1, max: 1 };
    const now = ticks();
    const passed = now.all - this.ticksBefore.all;
    const spinning = this.spins.reduce((sum, ms) => sum + ms, 0) / 1000;
    const noise = {
      spins: this.spins,
      spread: summary.deviation / summary.median,
      range: summary.max / summary.min - 1,
      steal: passed > 0 ? (now.stolen - this.ticksBefore.stolen) / passed : 0,
      preemptions: spinning > 0 ? this.preempted / spinning : 0,
      load: { before: this.loadBefore, after: loadavg()[0] ?? 0 },
    };
    return { ...noise, warnings: noiseWarnings(noise, cores) };
  }
}
