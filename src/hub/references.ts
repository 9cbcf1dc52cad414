import { HubError } from '../base/errors.ts';

/** What `${hub:…}` stands for, and where secrets come from. */
export interface ReferenceSources {
  /** Base URL under which the hub reaches itself, without a trailing slash. */
  hubUrl(): string;
  /** Folder of the built-in seed. */
  seedDir: string;
  /** Value of a sealed secret, or undefined. */
  secret(name: string): Promise<string | undefined>;
}

const REFERENCE = /\$\{(secret|hub):([^}]{1,200})\}/g;

/** Whether a text is nothing but a reference to a sealed secret. */
export function isSecretReference(text: string): boolean {
  return /^\$\{secret:[^}]+\}$/.test(text);
}

/**
 * Replaces `${secret:NAME}`, `${hub:url}` and `${hub:seed}`; other text stays as it is.
 *
 * @throws HubError `secret.not_found` for a secret that does not exist, `deployment.invalid` for an unknown `${hub:…}`.
 */
export async function resolveReferences(text: string, sources: ReferenceSources): Promise<string> {
  if (!text.includes('${')) return text;
  const values = new Map<string, string>();
  for (const [whole, kind, name] of text.matchAll(REFERENCE)) {
    if (!values.has(whole)) values.set(whole, await referenced(kind ?? '', name ?? '', sources));
  }
  return text.replace(REFERENCE, (whole) => values.get(whole) ?? whole);
}

async function referenced(kind: string, name: string, sources: ReferenceSources): Promise<string> {
  if (kind === 'secret') {
    const value = await sources.secret(name);
    if (value === undefined) {
      throw new HubError(
        'secret.not_found',
        `Secret "${name}" does not exist. Set it with: mcp-hub secret set ${name}`,
      );
    }
    return value;
  }
  if (name === 'url') return sources.hubUrl();
  if (name === 'seed') return sources.seedDir;
  throw new HubError(
    'deployment.invalid',
    `Unknown reference \${hub:${name}}; known are \${hub:url} and \${hub:seed}.`,
  );
}
