/**
 * Turns of the sentry's loop. What a host's file is like may be taken for the same within one turn: nothing that this kernel
 * does comes in between, and what others do at that moment may as well have been done before or afterwards.
 */

/** Number of the turn; 0: there is no loop, and every look must be a new one. */
export const turn = { number: 0 };
