/** Text from tests, made fit for a report. A test, and the guest below it, may print anything: nothing is trusted. */

/** How much of a test's words a report shows. */
export interface TextLimits {
  /** Characters of a line. */
  columns: number;
  lines: number;
}

/** Enough for the differences of one check; a report of thousands of them must still open. */
export const DETAIL_LIMITS: TextLimits = { columns: 240, lines: 60 };

const REPLACEMENT = '\ufffd';
/** U+2400 and after: pictures of the control characters 0 to 31. */
const CONTROL_PICTURES = 0x2400;
const DELETE_PICTURE = '\u2421';
/** C0 but tab and newline, DEL, C1, what turns the direction of text, and what is no character at all. */
const UNFIT = /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;
/** Half of a surrogate pair. */
const LONELY = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) {
    return String.fromCharCode(CONTROL_PICTURES + code);
  }
  return code === 0x7f ? DELETE_PICTURE : REPLACEMENT;
}

/** `text` with nothing in it that a terminal, a browser or an XML parser would obey or refuse: control characters become pictures. */
export function visible(text: string): string {
  return text.replace(UNFIT, picture).replace(LONELY, REPLACEMENT);
}

function cutLine(line: string, columns: number): string {
  if (line.length <= columns) {
    return visible(line);
  }
  return `${visible(line.slice(0, columns))}… (${line.length - columns} more characters)`;
}

/** Visible, and no longer than the limits; what is left out is counted. Newlines and tabs stay. */
export function cut(text: string, limits: TextLimits = DETAIL_LIMITS): string {
  const lines = text.replace(/\n+$/, '').split('\n');
  const kept = lines.slice(0, limits.lines).map((line) => cutLine(line, limits.columns));
  if (lines.length > limits.lines) {
    kept.push(`… (${lines.length - limits.lines} more lines)`);
  }
  return kept.join('\n');
}

/** The first line that is not empty, cut: a message. */
export function firstLine(text: string, columns = 160): string {
  const line = text
    .slice(0, 100_000)
    .split('\n', 100)
    .find((candidate) => candidate.trim() !== '');
  return cutLine((line ?? '').trim().replaceAll('\t', ' '), columns);
}

const HTML_ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For an element's text and for quoted attributes. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? '');
}

/** One line of Markdown, as the text of a paragraph or a table's cell. */
export function escapeMarkdown(text: string): string {
  return (
    visible(text)
      .replace(/\s+/g, ' ')
      .replace(/[\\`*[\]#|~$]/g, '\\$&')
      // Within a word it stays an underscore by itself.
      .replace(/(?<![a-z0-9])_|_(?![a-z0-9])/gi, '\\_')
      .replace(/[&<>]/g, (character) => HTML_ENTITIES[character] ?? '')
      .replaceAll('@', '&#64;')
  );
}

/** A block of code in Markdown whose fence is longer than any in the text. */
export function fencedBlock(text: string, language = ''): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A name that may stand in an id or an anchor: letters, digits, `-` and `_`. */
export function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9_]+/g, '-');
}

/** `1 check`, `2 checks`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
