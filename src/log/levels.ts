/** The words that choose what is logged and how; apart from the logger, so that a command line needs no logger. */

/** Levels from the most to the least talkative; `silent` is none at all. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** `text` is one line a record for people, `json` one object a line for programs. */
export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];
