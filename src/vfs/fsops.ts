/** Everything that changes names and attributes, with all checks done inside. Each gives 0 or -errno. */

export { vfsChmod, vfsChown, vfsTruncate, vfsUtimens } from './attributes.js';
export { vfsLink, vfsMkdir, vfsMknod, vfsSymlink } from './create.js';
export { vfsRename, vfsRmdir, vfsUnlink } from './remove.js';
