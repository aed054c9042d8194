/** config.json of the OCI runtime specification 1.3 as types: what is left of it once it has been checked (validate.ts). */
import type { InferOutput } from 'valibot';
import type { configSchema, processSchema, resourcesSchema } from './schema.js';

export type OciConfig = InferOutput<typeof configSchema>;
export type OciProcess = InferOutput<typeof processSchema>;
export type OciResources = InferOutput<typeof resourcesSchema>;
export type OciLinux = NonNullable<OciConfig['linux']>;
export type OciMount = NonNullable<OciConfig['mounts']>[number];
export type OciHooks = NonNullable<OciConfig['hooks']>;
export type OciHook = NonNullable<OciHooks['prestart']>[number];
export type OciNamespace = NonNullable<OciLinux['namespaces']>[number];
export type OciDevice = NonNullable<OciLinux['devices']>[number];
export type OciDeviceRule = NonNullable<OciResources['devices']>[number];
export type OciMapping = NonNullable<OciLinux['uidMappings']>[number];
export type OciSeccomp = NonNullable<OciLinux['seccomp']>;
