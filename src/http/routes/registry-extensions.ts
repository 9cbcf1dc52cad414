import { Hono } from 'hono';
import { HubError } from '../../base/errors.ts';
import { encodeEvent, KEEP_ALIVE } from '../../base/event-stream.ts';
import { type ChangeFeed, type ChangePage, createChangeFeed } from '../../registry/change-feed.ts';
import { countFacets, type Facets } from '../../registry/facets.ts';
import { validationFailed } from '../../registry/refusals.ts';
import type { ConstraintError } from '../../registry/shape.ts';
import type { ChangeRecord, RegistryStore } from '../../store/store.ts';
import { problemResponse } from '../problem.ts';

/** Where the hub's own routes of the registry API stand (registry-api.md, section 1: `/v0.1/x/…`). */
export const EXTENSION_BASE = '/v0.1/x/io.github.mcp-hub-registry';
/** Bounds of the feed and the counts; also in the OpenAPI document. */
export const EXTENSION_LIMITS = {
  changes: 1_000,
  defaultChanges: 100,
  waitSeconds: 60,
  facets: 1_000,
  defaultFacets: 100,
} as const;

/** What the extensions work with. */
export interface RegistryExtensionsDeps {
  store: RegistryStore;
  /** True from the moment the hub begins to stop: who waits is let go. */
  isDraining(): boolean;
}

/** Most clients that wait for changes at the same time. */
const MAX_WAITING = 1_000;
const KEEP_ALIVE_MS = 15_000;
const EVENTS_PER_READ = 100;
/** Counts are kept so many times as long as it took to make them, however often the catalogue changes. */
const FACETS_REST_FACTOR = 10;

const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, Last-Event-ID, *',
  'access-control-expose-headers': 'ETag, Retry-After',
};

/** The hub's extensions of the registry API: the change feed and the counts. Anybody may read them from any origin. */
export function registryExtensions(deps: RegistryExtensionsDeps): Hono {
  const app = new Hono();
  const feed = createChangeFeed(deps.store, deps.isDraining);
  const facets = createFacetCache(deps.store, feed);
  const follow = createFollower(deps, feed);

  // A write that was answered is committed, so those who wait learn of it at once.
  app.use(async (c, next) => {
    await next();
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') feed.wake();
  });

  app.get(`${EXTENSION_BASE}/changes`, async (c) => {
    const query = new URL(c.req.url).searchParams;
    const errors: ConstraintError[] = [];
    const { changes, defaultChanges, waitSeconds } = EXTENSION_LIMITS;
    const limit = wholeNumber(query, 'limit', defaultChanges, 1, changes, errors);
    const wait = wholeNumber(query, 'wait', 0, 0, waitSeconds, errors);
    const isStream = c.req.header('accept')?.includes('text/event-stream') ?? false;
    const seen = isStream ? c.req.header('last-event-id') : undefined;
    if (seen !== undefined) query.set('since', seen);
    const isFromNow = query.get('since') === 'latest';
    const since = isFromNow ? 0 : wholeNumber(query, 'since', 0, 0, Number.MAX_SAFE_INTEGER, errors);
    if (errors.length > 0) return withCors(problemResponse(validationFailed(errors)));
    const start = isFromNow ? await feed.newest() : since;
    if (isStream) return withCors(follow.stream(start));
    const page = await follow.page(start, limit, wait * 1_000, c.req.raw.signal);
    return withCors(
      c.json({ changes: page.changes.map(view), metadata: { count: page.changes.length, next: page.next } }),
    );
  });

  app.get(`${EXTENSION_BASE}/facets`, async (c) => {
    const errors: ConstraintError[] = [];
    const { facets: most, defaultFacets } = EXTENSION_LIMITS;
    const limit = wholeNumber(new URL(c.req.url).searchParams, 'limit', defaultFacets, 1, most, errors);
    if (errors.length > 0) return withCors(problemResponse(validationFailed(errors)));
    const { total, ...counts } = await facets();
    const shown = Object.entries(counts).map(([name, values]) => [name, values.slice(0, limit)]);
    return withCors(c.json({ total, ...Object.fromEntries(shown) }));
  });

  for (const path of ['changes', 'facets']) {
    app.all(`${EXTENSION_BASE}/${path}`, (c) => {
      if (c.req.method === 'OPTIONS') return withCors(new Response(null, { status: 204 }));
      const allowed = 'GET, HEAD, OPTIONS';
      const refusal = new HubError(
        'request.method',
        `The method ${c.req.method} is not allowed here. Allowed: ${allowed}.`,
      );
      const answer = withCors(problemResponse(refusal));
      answer.headers.set('allow', allowed);
      return answer;
    });
  }
  return app;
}

interface Follower {
  page(since: number, limit: number, waitMs: number, signal: AbortSignal): Promise<ChangePage>;
  stream(since: number): Response;
}

function createFollower({ isDraining }: RegistryExtensionsDeps, feed: ChangeFeed): Follower {
  let waiting = 0;
  /** Reads; when there is nothing, waits for changes until the time is over or the client or the hub goes away. */
  const readOrWait = async (since: number, limit: number, waitMs: number, signal: AbortSignal): Promise<ChangePage> => {
    const end = performance.now() + waitMs;
    for (let from = since; ; ) {
      const page = await feed.read(from, limit);
      const left = end - performance.now();
      if (page.changes.length > 0 || left <= 0 || signal.aborted || isDraining()) return page;
      from = page.next;
      await feed.wait(from, left, signal);
    }
  };
  const enter = (): void => {
    if (waiting >= MAX_WAITING) {
      throw new HubError('request.rate_limited', `${MAX_WAITING} clients wait for changes already. Ask without wait.`, {
        retryAfterSeconds: 30,
      });
    }
    waiting++;
  };
  return {
    async page(since, limit, waitMs, signal) {
      if (waitMs === 0) return feed.read(since, limit);
      enter();
      try {
        return await readOrWait(since, limit, waitMs, signal);
      } finally {
        waiting--;
      }
    },
    stream(since) {
      enter();
      const gone = new AbortController();
      let from = since;
      const leave = (): void => {
        if (gone.signal.aborted) return;
        gone.abort();
        waiting--;
      };
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          try {
            const page = await readOrWait(from, EVENTS_PER_READ, KEEP_ALIVE_MS, gone.signal);
            from = page.next;
            if (gone.signal.aborted) return;
            const events = page.changes.map(({ seq, ...change }) =>
              encodeEvent({ event: 'change', id: String(seq), data: JSON.stringify(view({ seq, ...change })) }),
            );
            controller.enqueue(Buffer.from(events.length === 0 ? KEEP_ALIVE : events.join('')));
            if (!isDraining()) return;
            leave();
            controller.close();
          } catch (error) {
            leave();
            controller.error(error);
          }
        },
        cancel: leave,
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
    },
  };
}

/** Counts are made anew when the catalogue has changed, by one reader for all who ask. */
function createFacetCache(store: RegistryStore, feed: ChangeFeed): () => Promise<Facets> {
  let made: { seq: number; freshUntil: number; facets: Facets } | undefined;
  let making: Promise<Facets> | undefined;
  const make = async (seq: number): Promise<Facets> => {
    const begun = performance.now();
    const facets = await countFacets(store);
    const ended = performance.now();
    made = { seq, freshUntil: ended + (ended - begun) * FACETS_REST_FACTOR, facets };
    return facets;
  };
  return async () => {
    if (making) return making;
    if (made && performance.now() < made.freshUntil) return made.facets;
    const seq = await feed.newest();
    if (made?.seq === seq) return made.facets;
    making ??= make(seq).finally(() => {
      making = undefined;
    });
    return making;
  };
}

function view({ seq, at, subject }: ChangeRecord): { seq: number; at: string; name: string } {
  return { seq, at, name: subject };
}

function wholeNumber(
  query: URLSearchParams,
  name: string,
  fallback: number,
  min: number,
  max: number,
  errors: ConstraintError[],
): number {
  const text = query.get(name) ?? '';
  if (text === '') return fallback;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const location = `query.${name}`;
  errors.push({ message: `expected a whole number from ${min} to ${max}`, location, value: text.slice(0, 100) });
  return fallback;
}

function withCors(answer: Response): Response {
  for (const [name, value] of Object.entries(CORS)) answer.headers.set(name, value);
  return answer;
}
