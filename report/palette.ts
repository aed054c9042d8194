/** Which colour and mark a target has: the same in all plots of a page, so that the eye finds it again. */

/** Custom properties of the compatibility page's style, which have a light and a dark value. */
const COLOURS = [
  '--soft',
  '--expected',
  '--accent',
  '--pass',
  '--fail',
  '--not-reached',
  '--broken',
  '--skip',
] as const;

/** Marks that differ without colours too: paths in a square of 12. */
const MARKS = [
  'M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10Z',
  'M6 .5 11.5 10.5 .5 10.5Z',
  'M6 0 12 6 6 12 0 6Z',
  'M1.5 1.5H10.5V10.5H1.5Z',
  'M.5 1.5H11.5L6 11.5Z',
  'M2.5 0 6 3.5 9.5 0 12 2.5 8.5 6 12 9.5 9.5 12 6 8.5 2.5 12 0 9.5 3.5 6 0 2.5Z',
  'M4 0H8V4H12V8H8V12H4V8H0V4H4Z',
  'M0 3.5H12V8.5H0Z',
] as const;

/** The side of that square. */
export const MARK_BOX = 12;

/** Who has a place of its own; others come after, in the order in which they are met. */
const KNOWN = ['native', 'bare-trap', 'tvisor'];
/** Ours too. */
const KERNEL = 'kernel';

/** How many places there are before they repeat. */
export const STYLES = COLOURS.length;

/** As a value of `fill` and `stroke`. */
export function colourOf(style: number): string {
  return `var(${COLOURS[style % STYLES]})`;
}

/** The data of an SVG path in a square of `MARK_BOX`. */
export function markOf(style: number): string {
  return MARKS[style % STYLES] ?? MARKS[0];
}

/** Gives out places. */
export class Palette {
  private readonly places = new Map([
    ...KNOWN.map((name, place) => [name, place] as const),
    [KERNEL, KNOWN.indexOf('tvisor')],
  ]);

  /** The place of a target's name. */
  of(name: string): number {
    const place = this.places.get(name) ?? this.places.size - 1;
    this.places.set(name, place);
    return place;
  }
}
