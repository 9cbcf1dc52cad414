import type { Dispatcher } from 'undici';

/**
 * Whose word an address is. `operator`: the configuration file or the CLI of a loopback hub; any host is allowed.
 * `public`: everybody else (API callers, registry entries, documents, redirects); public addresses only, checked again
 * when the socket connects, unless `net.allow` lists the host or network.
 */
export type Trust = 'operator' | 'public';

/** One outgoing request whose whole answer is wanted in memory. */
export interface NetRequest {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  trust: Trust;
  signal?: AbortSignal;
  /** From the first byte sent to the last byte received; default 30 000. */
  timeoutMs?: number;
  /** Largest accepted answer after decompression; default 16 MiB. */
  maxBytes?: number;
  /** How many redirects are followed; each target is checked like a new address with trust `public`
   * unless it stays on the same origin. Another origin gets neither credentials nor a body. Default 5;
   * 0 hands the redirect itself back as the answer. */
  maxRedirects?: number;
}

/** A whole answer. Header names are lower case; repeated headers are joined with `, `. */
export interface NetResponse {
  status: number;
  headers: Record<string, string>;
  /** Decompressed; `content-encoding` and `content-length` are then gone from the headers. */
  body: Uint8Array;
  /** Where the answer came from, after redirects. */
  url: string;
}

/** The only way out of the hub. */
export interface Net {
  /**
   * @throws HubError `net.bad_url`, `net.address_refused`, `net.unreachable`, `net.timeout`, `net.too_large`,
   * `net.too_many_redirects`; the signal's reason when it fires. An HTTP status is never an error here.
   */
  fetch(request: NetRequest): Promise<NetResponse>;
  /** A connection pool for the data path, with the same checks at connect. One caller owns it and closes it.
   * It has no time limit of its own besides the one for connecting: every request on it needs a deadline. */
  pool(origin: string, trust: Trust): Dispatcher;
  close(): Promise<void>;
}
