/** Tables in Markdown. */

/**
 * @param head cells that are Markdown already, as those of the rows
 * @param align `---`, or `---:` for figures; left where it has no entry
 */
export function markdownTable(head: string[], rows: string[][], align: string[] = []): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => align[i] ?? '---')), ...rows.map(line)].join('\n');
}
