/** The project's version: package.json says it once for all. */
import { version as packageVersion } from '../package.json';

export const version: string = packageVersion;

/** The version of the OCI runtime specification that this is written for. */
export const SPEC_VERSION = '1.3.0';
