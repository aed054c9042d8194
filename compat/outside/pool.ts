/** Several tests at a time. */

/**
 * Run `body` for all items, at most `jobs` at once, in their order.
 *
 * @param signal ends it early: nothing new is started
 * @throws the first error of a body, after the ones that run have ended
 */
export async function runPool<T>(
  items: readonly T[],
  jobs: number,
  body: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  let failed: { error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (next < items.length && failed === undefined && !signal?.aborted) {
      try {
        await body(items[next++]!);
      } catch (error) {
        failed ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker));
  if (failed !== undefined) throw failed.error;
}
