/**
 * Bound of a handshake, in milliseconds. The deadline of the whole load (`loader.timeoutMs`) usually comes first and
 * reaches a loader as its signal.
 */
export const CONNECT_TIMEOUT_MS = 120_000;
