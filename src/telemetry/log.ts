import { type Logger as PinoLogger, pino } from 'pino';

/** The hub's logger: JSON lines on stderr. */
export type Logger = PinoLogger;

/** Names of fields whose values never reach a log line, at any of the depths below. */
const SECRET_FIELDS = ['authorization', 'cookie', 'token', 'password', 'secret', 'env', 'headers'];

/** Makes the hub's logger. `level` is one of pino's; `silent` writes nothing. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
