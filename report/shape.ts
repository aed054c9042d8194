/** Whether something read from a file has the form that it should have: a run may be cut short, old, or something else. */

/** `'string'`, `'number'`, `[shape]` for a list of any length, or fields, of which there may be more. */
export type Shape = 'string' | 'number' | readonly [Shape] | { readonly [field: string]: Shape };

/**
 * Compare a value with a shape.
 *
 * @param path the value's name in what is returned
 * @returns what is wrong, as `targets[0].cases: is no list`; empty if nothing is
 */
export function misfit(value: unknown, shape: Shape, path: string): string {
  if (typeof shape === 'string') {
    const fits = shape === 'number' ? Number.isFinite(value) : typeof value === shape;
    return fits ? '' : `${path}: is no ${shape}`;
  }
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) {
      return `${path}: is no list`;
    }
    return firstMisfit(value.map((entry, i) => [entry, shape[0] as Shape, `${path}[${i}]`]));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `${path}: is no object`;
  }
  const fields = new Map(Object.entries(value));
  return firstMisfit(
    Object.entries(shape).map(([field, inner]) => [
      fields.get(field),
      inner,
      path === '' ? field : `${path}.${field}`,
    ]),
  );
}

function firstMisfit(list: [unknown, Shape, string][]): string {
  for (const [value, shape, path] of list) {
    const found = misfit(value, shape, path);
    if (found !== '') {
      return found;
    }
  }
  return '';
}
