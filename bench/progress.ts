/** How far a run is: a bar on a terminal, a line now and then elsewhere. Standard error both. */
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** @param what is being done now */
  update(done: number, all: number, what: string): void;
  stop(): void;
}

/** For logs: one line whenever `what` says something new before its colon. */
class Lines implements Progress {
  private last = '';

  update(_done: number, _all: number, what: string): void {
    const [step = ''] = what.split(':', 1);
    if (step !== this.last) {
      console.error(`bench: ${step}`);
      this.last = step;
    }
  }
  stop(): void {}
}

class Bar implements Progress {
  private readonly bar = new SingleBar(
    {
      format: ' {bar} {percentage} % | {eta_formatted} left | {what}',
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  private started = false;

  update(done: number, all: number, what: string): void {
    if (!this.started) {
      this.bar.start(all, done, { what });
      this.started = true;
    }
    this.bar.update(done, { what });
  }
  stop(): void {
    this.bar.stop();
  }
}

export function makeProgress(): Progress {
  return process.stderr.isTTY ? new Bar() : new Lines();
}
