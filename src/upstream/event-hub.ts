import type { UpstreamEvent, UpstreamEvents } from './upstream.ts';

/** The sending side of {@link UpstreamEvents}. */
export interface EventHub extends UpstreamEvents {
  /** Tells every subscriber. After `closed` nothing is told any more. */
  emit(event: UpstreamEvent): void;
}

/** Makes an {@link EventHub}. Whoever subscribes after `closed` hears nothing. */
export function createEventHub(): EventHub {
  const listeners = new Set<(event: UpstreamEvent) => void>();
  let isClosed = false;
  return {
    subscribe(listener) {
      // A wrapper of its own for each subscription: the same function may subscribe twice.
      const own = (event: UpstreamEvent): void => listener(event);
      if (!isClosed) listeners.add(own);
      return () => listeners.delete(own);
    },
    emit(event) {
      if (isClosed) return;
      if (event.type === 'closed') isClosed = true;
      for (const listener of [...listeners]) {
        try {
          listener(event);
        } catch {
          // A listener that throws hurts nobody else.
        }
      }
      if (isClosed) listeners.clear();
    },
  };
}
