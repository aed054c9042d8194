/** Compiling the C programs of the tests: as the compatibility runner does. */
export { type CompileOptions, compile } from '../../compat/compile.js';
