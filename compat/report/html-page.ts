/** The frame of every page that the project makes: nothing is fetched, and only what is inside may run or colour it. */
import { createHash } from 'node:crypto';

function source(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Only our own style and script, a second wall behind the escaping. */
function policy(style: string, script: string): string {
  const scripts = script === '' ? '' : ` script-src ${source(script)};`;
  return `default-src 'none'; style-src ${source(style)};${scripts} base-uri 'none'; form-action 'none'`;
}

/**
 * A whole page.
 *
 * @param title text that is safe in HTML
 * @param body markup
 * @param script empty for a page without
 */
export function htmlPage(title: string, style: string, body: string, script = ''): string {
  const end = script === '' ? '' : `<script>${script}</script>\n`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style></head><body>
${body}
${end}</body></html>
`;
}
