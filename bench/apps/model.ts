/** What a run of the application benchmarks leaves behind; `--json` writes an `AppsRun` as it is. */
import type { Machine } from '../machine.js';

/** One figure of one target. */
export interface Figure {
  /** The workload: redis, git, idle ... */
  app: string;
  /** What of it: SET-P16, clone ... */
  metric: string;
  unit: string;
  better: 'higher' | 'lower';
  target: string;
  /** One a round. */
  samples: number[];
}

/** Why a workload has no figures on a target. */
export interface Missing {
  app: string;
  target: string;
  /** `skip`: something is lacking. `wrong`: it ran, and an answer was wrong or it failed. */
  kind: 'skip' | 'wrong';
  reason: string;
}

export interface AppsRun {
  format: 'tvisor-apps/1';
  /** ISO 8601. */
  started: string;
  seconds: number;
  rounds: number;
  machine: Machine;
  targets: { name: string; version: string }[];
  figures: Figure[];
  missing: Missing[];
  /** Sentences for the reader. */
  notes: string[];
}
