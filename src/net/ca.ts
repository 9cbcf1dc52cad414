import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { HubError, messageOf } from '../base/errors.ts';

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * What TLS connections trust when the operator adds certificates of a CA (`net.ca`): the ones that Node.js knows, those
 * of `NODE_EXTRA_CA_CERTS`, and the added ones. Undefined when there are none to add: Node.js then decides alone.
 *
 * @throws HubError `config.bad_value` for a file that cannot be read or holds no PEM certificate.
 */
export async function loadTrust(
  files: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<SecureContext | undefined> {
  if (files.length === 0) return undefined;
  const added = await Promise.all(files.map(readCertificates));
  const inherited = env.NODE_EXTRA_CA_CERTS;
  // Node.js itself only warns when it cannot read that file.
  const extra = inherited ? await readCertificates(inherited).catch(() => []) : [];
  // One context for all connections: reading some 150 certificates takes milliseconds.
  return createSecureContext({ ca: [...rootCertificates, ...extra, ...added.flat()] });
}

async function readCertificates(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new HubError('config.bad_value', `net.ca: cannot read ${file}: ${messageOf(error)}`);
  });
  const found = text.match(PEM);
  if (found === null) throw new HubError('config.bad_value', `net.ca: ${file} holds no certificate in PEM form.`);
  try {
    // OpenSSL itself leaves out what it cannot read, without a word.
    for (const certificate of found) new X509Certificate(certificate);
  } catch (error) {
    throw new HubError('config.bad_value', `net.ca: ${file} holds a broken certificate: ${messageOf(error)}`);
  }
  return found;
}
