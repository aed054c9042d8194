/** What must be taken back when a command fails in the middle. */
export class Undo {
  private readonly steps: (() => void | Promise<void>)[] = [];

  /** @param warn is told of a step that fails: the others are done all the same */
  constructor(private readonly warn: (message: string) => void) {}

  add(step: () => void | Promise<void>): void {
    this.steps.push(step);
  }

  /** Nothing is to be taken back any more. */
  keep(): void {
    this.steps.length = 0;
  }

  /** Take everything back, the last first. */
  async run(): Promise<void> {
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        this.warn(`cleaning up: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
