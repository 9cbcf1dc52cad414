import { isIP } from 'node:net';

const MAX_DOMAIN_LENGTH = 253;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** The domain in lower case, or undefined unless it is a full domain name: labels of letters, digits and inner hyphens, no address. */
export function parseDomain(text: string): string | undefined {
  const labels = text.split('.');
  const isDomain =
    text.length <= MAX_DOMAIN_LENGTH && labels.length >= 2 && isIP(text) === 0 && labels.every((it) => LABEL.test(it));
  // A last label of digits makes a name that URL parsers read as an IPv4 address.
  return isDomain && !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '') ? text.toLowerCase() : undefined;
}

/** `api.example.com` is the namespace `com.example.api`. */
export function toNamespace(domain: string): string {
  return domain.split('.').reverse().join('.');
}
