import { sleep } from '../base/abort.ts';
import { messageOf } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import { type Backoff, backoffDelay } from '../base/limiter.ts';
import type { Connection } from './connection.ts';

/** Resources whose updates one upstream follows at the same time. */
const MAX_RESOURCES = 1024;
const BACKOFF: Backoff = { delayMs: 1000, factor: 2, maxDelayMs: 30_000 };
/** JSON-RPC codes that say that the server will never listen; asking again is of no use. */
const NEVER = new Set([-32601, -32602]);

/** Holds a `subscriptions/listen` request open, so that the connection hears of changes. */
export interface Subscription {
  /** Follows a resource; false when there are too many. */
  add(uri: string): boolean;
  remove(uri: string): void;
  /** Ends it; may be called twice. */
  stop(): void;
}

/**
 * Begins to listen for every change the server announces in its capabilities (specification 2026-07-28,
 * subscriptions). A lost stream is opened again with back-off. A filter cannot be changed: for another set of
 * resources a new stream is opened first and the old one closed when the new one is acknowledged.
 */
export function createSubscription(
  connection: Connection,
  capabilities: JsonObject,
  envelope: (params: JsonObject) => JsonObject,
): Subscription {
  const uris = new Set<string>();
  let isStopped = false;
  /** Streams that are open or being opened, oldest first. */
  const live = new Set<AbortController>();

  const announces = (feature: string, flag: string): boolean => {
    const declared = capabilities[feature];
    return isObject(declared) && declared[flag] === true;
  };
  const lists: JsonObject = {
    ...(announces('tools', 'listChanged') ? { toolsListChanged: true } : {}),
    ...(announces('prompts', 'listChanged') ? { promptsListChanged: true } : {}),
    ...(announces('resources', 'listChanged') ? { resourcesListChanged: true } : {}),
  };

  /** One stream after the other until this generation is replaced or everything ends. */
  const follow = async (own: AbortController, older: readonly AbortController[]): Promise<void> => {
    let failures = 0;
    while (!own.signal.aborted && connection.closed === undefined) {
      const notifications = { ...lists, ...(uris.size > 0 ? { resourceSubscriptions: [...uris] } : {}) };
      try {
        const reply = await connection.call({
          method: 'subscriptions/listen',
          params: envelope({ notifications }),
          timeoutMs: 0,
          signal: own.signal,
          sink: {
            notify(method) {
              if (method !== 'notifications/subscriptions/acknowledged') return;
              failures = 0;
              for (const one of older) one.abort();
            },
          },
        });
        if ('error' in reply && NEVER.has(reply.error.code)) {
          connection.output.line('hub', `${connection.label} announces no changes: ${reply.error.message}`);
          return;
        }
      } catch (error) {
        if (own.signal.aborted || connection.closed !== undefined) return;
        if (failures === 0) connection.output.line('hub', `Listening for changes broke off: ${messageOf(error)}`);
      }
      failures++;
      await sleep(backoffDelay(BACKOFF, failures), own.signal).catch(() => undefined);
    }
  };

  const open = (): void => {
    if (isStopped) return;
    const older = [...live];
    if (Object.keys(lists).length === 0 && uris.size === 0) {
      for (const one of older) one.abort();
      return;
    }
    const own = new AbortController();
    live.add(own);
    void follow(own, older).finally(() => live.delete(own));
  };

  connection.events.subscribe((event) => {
    if (event.type === 'closed') stop();
  });
  open();

  function stop(): void {
    isStopped = true;
    for (const one of live) one.abort();
  }

  return {
    add(uri) {
      if (uris.has(uri)) return true;
      if (uris.size >= MAX_RESOURCES) return false;
      uris.add(uri);
      open();
      return true;
    },
    remove(uri) {
      if (uris.delete(uri)) open();
    },
    stop,
  };
}
