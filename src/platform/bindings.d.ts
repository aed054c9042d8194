/** What we use of the `bindings` package: loads a native addon from where node-gyp puts it. */
declare module 'bindings' {
  interface Options {
    bindings: string;
    /** Directory of the package; without it the caller's stack is searched, which a bundle does not have. */
    module_root: string;
  }
  export default function bindings(options: Options): unknown;
}
