/** Temporary directories of the tests: the compatibility runner's own. */
export { scratchDirectory, withScratch } from '../../compat/scratch.js';
