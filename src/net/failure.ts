import { HubError, messageOf } from '../base/errors.ts';

const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;

/** Turns what a socket, the resolver, TLS or the HTTP parser threw into a HubError that says which host and what. */
export function toNetError(error: unknown, host: string): HubError {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof HubError) return cause;
  }
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code = codeOf(first) ?? codeOf(error) ?? '';
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new HubError('net.timeout', `${host} did not accept a connection in time.`, { cause: error });
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return new HubError('net.bad_url', `The request to ${host} cannot be sent: ${messageOf(error)}.`, { cause: error });
  }
  return new HubError('net.unreachable', describe(code, host, first), { cause: error });
}

function describe(code: string, host: string, error: unknown): string {
  switch (code) {
    case 'ENOTFOUND':
      return `The host name of ${host} is unknown (DNS has no address for it).`;
    case 'EAI_AGAIN':
      return `The host name of ${host} could not be looked up (the DNS server did not answer).`;
    case 'ECONNREFUSED':
      return `${host} refused the connection (nothing listens there).`;
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return `${host} closed the connection before its answer was complete.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `There is no route to ${host}.`;
    default:
      if (TLS_CODE.test(code)) return `The TLS connection to ${host} failed (${code}): ${messageOf(error)}`;
      if (error instanceof Error && error.name === 'HTTPParserError') {
        return `${host} did not answer with valid HTTP: ${messageOf(error)}.`;
      }
      return `${host} could not be reached: ${messageOf(error)}`;
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
