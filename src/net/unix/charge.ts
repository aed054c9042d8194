/**
 * What a message costs its sender's buffer: the memory that Linux would take for it (skb->truesize). Programs see it in
 * SIOCOUTQ and in how much fits before a send waits, so it is computed as alloc_skb_with_frags() would.
 */

const PAGE = 4096;
/** struct sk_buff, and struct skb_shared_info behind the bytes; both in whole cache lines. */
const SKB_SIZE = 256;
const SHARED_INFO = 320;
const CACHE_LINE = 64;
/** Bytes beside the header and in front of the pages: SKB_MAX_HEAD(0) and SKB_MAX_ALLOC. */
const MAX_HEAD = PAGE - SHARED_INFO;
const MAX_ALLOC = 4 * PAGE - SHARED_INFO;
const MAX_FRAGS = 17;
/** A stream is cut into messages of at most this many bytes: a head, and 32 KiB of pages. */
export const STREAM_PIECE = MAX_HEAD + 32768;

function wholePages(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}

/** @param head bytes beside the header @param pages bytes in pages of their own */
function truesize(head: number, pages: number): number {
  const block = Math.ceil(head / CACHE_LINE) * CACHE_LINE + SHARED_INFO;
  return SKB_SIZE + Math.max(512, 2 ** Math.ceil(Math.log2(block))) + wholePages(pages);
}

/** The cost of `n` bytes of a stream (n <= STREAM_PIECE). */
export function streamCharge(n: number): number {
  const pages = Math.min(n, wholePages(Math.max(0, n - MAX_HEAD)));
  return truesize(n - pages, pages);
}

/** The cost of a datagram or record of `n` bytes. */
export function packetCharge(n: number): number {
  const pages = n > MAX_ALLOC ? Math.min(n, wholePages(Math.min(n - MAX_ALLOC, MAX_FRAGS * PAGE))) : 0;
  return truesize(n - pages, pages);
}
