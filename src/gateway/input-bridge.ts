import { sleep } from '../base/abort.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Call, Reply } from '../upstream/call.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** How often a modern server may ask for more before the call is given up. */
const MAX_ROUNDS = 8;
/** Pause before a retry that only carries state back. */
const STATE_ONLY_PAUSE_MS = 250;

/** Which client capability a question needs. */
const NEEDED: Readonly<Record<string, string>> = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
};

/**
 * Sends a call to a modern server for a legacy client: when the server answers `input_required`, the client is asked
 * over its own stream and the call is repeated with the answers (specification 2026-07-28, multi round-trip requests).
 */
export async function requestWithInput(upstream: Upstream, call: Call): Promise<Reply> {
  let params = call.params;
  for (let round = 0; ; round++) {
    const reply = await upstream.request({ ...call, params });
    if ('error' in reply || reply.result.resultType !== 'input_required') return reply;
    if (round === MAX_ROUNDS) return refusal(call.method, `The server asked for input more than ${MAX_ROUNDS} times.`);
    const { inputRequests = {}, requestState } = reply.result;
    const asks = isObject(inputRequests) ? Object.entries(inputRequests) : [];
    const unable = asks.map(([, ask]) => whyUnable(ask, call)).find((why) => why !== undefined);
    if (unable !== undefined) return refusal(call.method, unable);
    if (asks.length === 0) await sleep(STATE_ONLY_PAUSE_MS, call.signal);
    const inputResponses = await answersTo(asks, call);
    if ('error' in inputResponses) return refusal(call.method, inputResponses.error);
    params = {
      ...call.params,
      inputResponses: inputResponses.answers,
      ...(requestState !== undefined && { requestState }),
    };
  }
}

async function answersTo(
  asks: [string, JsonValue | undefined][],
  call: Call,
): Promise<{ answers: JsonObject } | { error: string }> {
  const answers: JsonObject = {};
  const replies = await Promise.all(asks.map(([, ask]) => put(ask, call)));
  for (const [i, [key]] of asks.entries()) {
    const reply = replies[i];
    if (reply === undefined || 'error' in reply) {
      return { error: `The client could not answer: ${reply?.error.message ?? 'no answer'}` };
    }
    answers[key] = reply.result;
  }
  return { answers };
}

async function put(ask: JsonValue | undefined, call: Call): Promise<Reply | undefined> {
  if (!isObject(ask) || typeof ask.method !== 'string') return undefined;
  return call.sink?.ask?.(ask.method, isObject(ask.params) ? ask.params : undefined);
}

function whyUnable(ask: JsonValue | undefined, call: Call): string | undefined {
  const method = isObject(ask) ? ask.method : undefined;
  const needed = typeof method === 'string' ? NEEDED[method] : undefined;
  if (needed === undefined) return 'The server asked for input of an unknown kind.';
  if (call.client.capabilities[needed] === undefined) {
    return `The server needs input from the user, but this client did not declare the "${needed}" capability.`;
  }
  return call.sink?.ask === undefined
    ? 'The server needs input from the user, but this client takes no event stream on which it could be asked.'
    : undefined;
}

/** A tool that cannot go on says so to the model; other methods fail as a request. */
function refusal(method: string, message: string): Reply {
  if (method === 'tools/call') return { result: { content: [{ type: 'text', text: message }], isError: true } };
  return { error: { code: -32603, message } };
}
