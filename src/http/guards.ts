import { isIP } from 'node:net';
import { HubError } from '../base/errors.ts';
import type { HubConfig } from '../config/config.ts';
import { isLoopbackHost } from '../config/safe-bind.ts';

/** What the guards compare a request with; made once. */
export interface Guards {
  /**
   * Refuses a `Host` header that does not name this hub. Without this check a web page could point its own name at
   * 127.0.0.1 and read a local hub through the visitor's browser (DNS rebinding).
   *
   * @returns the refusal, or undefined when all is well.
   */
  checkHost(host: string | undefined): HubError | undefined;
  /**
   * Refuses a browser's `Origin` that is not trusted; requests without the header are not from a browser page.
   * `loopback` says whether pages served from this machine are trusted too.
   */
  checkOrigin(origin: string | undefined, host: string | undefined, loopback: boolean): HubError | undefined;
}

const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Makes the guards of a configuration. */
export function createGuards(config: HubConfig): Guards {
  const { host: bound, allowedHosts, allowedOrigins } = config.api;
  const publicUrl = config.hub.publicUrl === undefined ? undefined : new URL(config.hub.publicUrl);
  const known = new Set([...LOOPBACK_NAMES, bound, ...allowedHosts, ...(publicUrl ? [publicUrl.hostname] : [])]);
  const isExposed = !isLoopbackHost(bound);
  // A hub that others reach under names nobody told it relies on authentication instead.
  const trustsAnyName = isExposed && config.auth.required && allowedHosts.length === 0 && publicUrl === undefined;
  const origins = new Set([...allowedOrigins, ...(publicUrl ? [publicUrl.origin] : [])]);
  return {
    checkHost(host) {
      if (trustsAnyName) return undefined;
      const name = hostName(host);
      // An address cannot be made to point elsewhere, as a name can.
      if (isExposed && name !== undefined && isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0) return undefined;
      if (name !== undefined && (known.has(name) || (host !== undefined && known.has(host)))) return undefined;
      return new HubError(
        'request.host',
        `Host "${(host ?? '').slice(0, 100)}" is not a name of this hub. Add it to api.allowedHosts, or set hub.publicUrl.`,
      );
    },
    checkOrigin(origin, host, loopback) {
      if (origin === undefined || origins.has(origin) || origins.has('*')) return undefined;
      const url = URL.canParse(origin) ? new URL(origin) : undefined;
      if (url !== undefined && url.host === host) return undefined;
      if (url !== undefined && loopback && isLoopbackHost(url.hostname)) return undefined;
      return new HubError(
        'request.origin',
        `Pages from "${origin.slice(0, 100)}" may not use this hub. Add the origin to api.allowedOrigins if they should.`,
      );
    },
  };
}

function hostName(host: string | undefined): string | undefined {
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`).hostname;
}
