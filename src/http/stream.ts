/** Answers that come piece by piece, so that nobody may wait for their end. */
const STREAMED: readonly string[] = ['text/event-stream', 'application/x-ndjson'];

/** Whether an answer is sent as it comes. */
export function isStream(answer: Response): boolean {
  const type = answer.headers.get('content-type') ?? '';
  return STREAMED.some((streamed) => type.startsWith(streamed));
}
