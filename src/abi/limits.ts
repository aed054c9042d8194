/** Limits of include/uapi/linux/limits.h. */

export const ARG_MAX = 131072;
export const NAME_MAX = 255;
export const NGROUPS_MAX = 65536;
export const PATH_MAX = 4096;
export const PIPE_BUF = 4096;
export const UIO_MAXIOV = 1024;
export const XATTR_NAME_MAX = 255;
export const XATTR_LIST_MAX = 65536;
export const XATTR_SIZE_MAX = 65536;
