import type { FileSystem } from '../../vfs/inode.js';
export declare class HostFsX implements FileSystem { constructor(n: unknown, p: string, o: object); type: string; source: string; dev: number; root: import('../../vfs/inode.js').Inode; cacheNames: boolean; statfs(): import('../../vfs/inode.js').StatFs }
export const HostFs = class {} as unknown as typeof HostFsX;
