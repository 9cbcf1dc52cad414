import { HubError } from '../base/errors.ts';
import type { KeptToken, NamespaceProof, ProofContext } from './namespaces/proof.ts';
import { allows } from './permissions.ts';
import type { Permission } from './principal.ts';
import type { RegistryTokens } from './registry-jwt.ts';

/** A login that worked. */
export interface PublisherSession {
  token: string;
  expiresAt: Date;
  subject: string;
}

/** A login that worked, or why not. `message` holds no credential. */
export type LoginOutcome = { ok: true; session: PublisherSession } | { ok: false; message: string };

/** Turns proofs of namespaces into tokens. */
export interface PublisherLogin {
  /** What the configuration switches on. */
  readonly proofs: readonly NamespaceProof[];
  /** @throws HubError `upstream.overloaded` when too many logins are under way; the reason of the signal when it fires. */
  login(proof: NamespaceProof, body: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<LoginOutcome>;
}

/** What a {@link PublisherLogin} is made of. */
export interface PublisherLoginOptions {
  proofs: readonly NamespaceProof[];
  tokens: RegistryTokens;
  /** `auth.publish.blockedNamespaces`. */
  blockedNamespaces: readonly string[];
  clock?: () => Date;
}

/**
 * Logins of one method under way at once. Anybody may begin one, and each may ask other hosts, so that more would make
 * the hub a tool for attacks on them. Each method has its own count: slow web servers do not keep out who comes from GitHub.
 */
export const MAX_LOGINS = 32;
const BUSY_RETRY_SECONDS = 2;

/** Makes a {@link PublisherLogin}. */
export function createPublisherLogin(options: PublisherLoginOptions): PublisherLogin {
  const clock = options.clock ?? (() => new Date());
  const running = new Map<string, number>();
  return {
    proofs: options.proofs,
    async login(proof, body, signal) {
      const { method } = proof;
      const others = running.get(method) ?? 0;
      if (others >= MAX_LOGINS) {
        throw new HubError(
          'upstream.overloaded',
          `${MAX_LOGINS} logins with ${method} are under way. Try again in a moment.`,
          {
            retryAfterSeconds: BUSY_RETRY_SECONDS,
          },
        );
      }
      running.set(method, others + 1);
      try {
        const context: ProofContext = { now: clock(), ...(signal === undefined ? {} : { signal }) };
        const proved = await proof.prove(body, context);
        if (!proved.ok) return proved;
        const { subject, permissions } = proved;
        if (proved.token !== undefined) return session(proved.token, subject);
        const blocked = options.blockedNamespaces.find((namespace) => covers(permissions, namespace));
        if (blocked !== undefined) {
          return { ok: false, message: `the namespace ${blocked} is blocked in this registry: ask its operator` };
        }
        const { token, expiresAt } = await options.tokens.issue({ method, subject, permissions });
        return session({ value: token, expiresAt }, subject);
      } finally {
        running.set(method, (running.get(method) ?? 1) - 1);
      }
    },
  };
}

function session(token: KeptToken, subject: string): LoginOutcome {
  return { ok: true, session: { token: token.value, expiresAt: token.expiresAt, subject } };
}

/** Whether somebody without the right to everything could write into a namespace. */
function covers(permissions: readonly Permission[], namespace: string): boolean {
  const limited = permissions.filter(({ action, pattern }) => action !== 'admin' && pattern !== '*');
  const principal = { id: '', name: '', kind: 'token' as const, permissions: limited };
  const name = `${namespace}/x`;
  return allows(principal, 'publish', name) || allows(principal, 'edit', name);
}
