import type { CallSink, Reply } from './call.ts';

/** A request that waits for its answer. */
export interface Pending {
  readonly id: number;
  readonly method: string;
  readonly sink: CallSink | undefined;
  readonly logLevel: string | undefined;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
  timer: NodeJS.Timeout | undefined;
  onAbort: (() => void) | undefined;
}
