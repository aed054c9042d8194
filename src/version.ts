/** The project's version: package.json says it once for all. */
import { version as packageVersion } from '../package.json';

export const version: string = packageVersion;
