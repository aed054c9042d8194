/** The report as Markdown: the same tables, without plots. */
import { day } from '../compat/report/figures.js';
import { markdownTable } from '../compat/report/markdown-table.js';
import { escapeMarkdown } from '../compat/report/text.js';
import { CAUTION, TITLE } from './html.js';
import type { DataTable, Figure, Report, Section } from './model.js';

function table({ head, rows }: DataTable): string {
  const right = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return markdownTable(
    head.map(escapeMarkdown),
    rows.map((row) => row.map(escapeMarkdown)),
    right,
  );
}

function figure({ title, words, table: data }: Figure): string[] {
  return [`### ${escapeMarkdown(title)}`, escapeMarkdown(words), table(data)];
}

function list(label: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${label}:`, lines.map((line) => `- ${escapeMarkdown(line)}`).join('\n')];
}

function section(one: Section): string[] {
  return [
    `## ${escapeMarkdown(one.title)}`,
    ...(one.warnings.length === 0 ? [] : [`> **${CAUTION}**: ${escapeMarkdown(one.warnings.join('; '))}.`]),
    ...one.figures.flatMap(figure),
    ...list('Mind', one.notes),
    ...list('How it was taken', one.taken),
  ];
}

/**
 * The report as a Markdown document.
 *
 * @returns text in which nothing that a run contains is markup
 */
export function reportMarkdown(report: Report): string {
  const headlines = report.sections.flatMap((one) => one.headlines);
  const absent = report.absent.map(
    ({ title, reason }) => `- ${escapeMarkdown(title)}: ${escapeMarkdown(reason)}`,
  );
  return `${[
    `# ${TITLE}`,
    `${escapeMarkdown(day(report.date))}. Other machines, other figures: look at the ratios.`,
    ...(headlines.length === 0
      ? []
      : [
          headlines
            .map(({ value, words }) => `- **${escapeMarkdown(value)}** ${escapeMarkdown(words)}`)
            .join('\n'),
        ]),
    ...report.sections.flatMap(section),
    ...(absent.length === 0 ? [] : ['## Not in this report', absent.join('\n')]),
  ].join('\n\n')}\n`;
}
