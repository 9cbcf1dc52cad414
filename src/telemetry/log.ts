import { type Logger as PinoLogger, pino } from 'pino';
import { redactFields, redactText } from './redact.ts';

/** The hub's logger: JSON lines on stderr. */
export type Logger = PinoLogger;

/** Takes the lines of a log, each with its line end. */
export interface LogSink {
  write(line: string): void;
}

/**
 * Makes the hub's logger. Secrets are taken out twice: fields by their names, and every finished line by what looks
 * like a credential, so that messages and stacks of foreign errors are covered too.
 *
 * @param level - one of pino's; `silent` writes nothing
 * @param sink - where the lines go; default stderr, written before the call returns
 */
export function createLogger(level: string, sink: LogSink = pino.destination({ dest: 2, sync: true })): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: (fields) => redactFields(fields) as Record<string, unknown> },
      serializers: { err: (error) => redactFields(pino.stdSerializers.err(error)) },
    },
    { write: (line: string) => sink.write(redactText(line)) },
  );
}
