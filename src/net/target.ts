import { HubError } from '../base/errors.ts';

/** Longest address that is looked at; longer ones are no addresses anybody means. */
const MAX_URL_LENGTH = 16_384;

/**
 * Parses an address the hub is to reach. The WHATWG parser also turns odd spellings of IP addresses (decimal, octal,
 * hexadecimal, short forms) into the usual one, so that the address guard sees what the socket would.
 *
 * @throws HubError `net.bad_url` unless it is http or https, without user name and password.
 */
export function parseTarget(text: string, base?: URL): URL {
  if (text.length > MAX_URL_LENGTH) throw badUrl(text, `is longer than ${MAX_URL_LENGTH} characters`);
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    throw badUrl(text, 'is not a URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw badUrl(text, 'is neither http nor https');
  if (url.username !== '' || url.password !== '') {
    throw badUrl(`${url.protocol}//…@${url.host}`, 'carries a user name or password; send them in a header instead');
  }
  return url;
}

function badUrl(text: string, what: string): HubError {
  // A query may hold a key, so it is not repeated.
  const shown = (text.split(/[?#]/, 1)[0] ?? '').replace(/\/\/[^/]*@/, '//…@').slice(0, 200);
  return new HubError('net.bad_url', `The address ${JSON.stringify(shown)} ${what}. Use http://… or https://….`);
}
