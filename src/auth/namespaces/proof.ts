import type { Permission } from '../principal.ts';

/** The ways to get a token for publishing, each `POST {P}/auth/<method>` (registry-api.md, section 9.2). */
export const EXCHANGE_METHODS = ['github-at', 'github-oidc', 'oidc', 'dns', 'http', 'none'] as const;

/** One of {@link EXCHANGE_METHODS}. */
export type ExchangeMethod = (typeof EXCHANGE_METHODS)[number];

/** What an exchange works with besides its body. */
export interface ProofContext {
  now: Date;
  /** Fires when the caller is gone. */
  signal?: AbortSignal;
}

/** A token that exists already and is handed back as it is. */
export interface KeptToken {
  value: string;
  expiresAt: Date;
}

/** Who the caller has proved to be and what that allows, or why nothing is proved. */
export type ProofOutcome =
  | {
      ok: true;
      /** A login, a domain, the subject of an identity provider. */
      subject: string;
      permissions: readonly Permission[];
      /** Absent: a registry token is made. */
      token?: KeptToken;
    }
  | {
      ok: false;
      /** What was wrong and what would be right; holds no credential. */
      message: string;
    };

/** One way to prove that somebody owns namespaces. One file, one line in `index.ts`. */
export interface NamespaceProof {
  readonly method: ExchangeMethod;
  /** Members of the JSON body, all texts and all required; empty: the body is not looked at. */
  readonly fields: readonly string[];
  /** `detail` of a refusal, in the official words. */
  readonly failure: string;
  /** Whether a refusal tells its reason. The official registry keeps it to itself for GitHub tokens. */
  readonly tellsReason: boolean;
  /** @throws nothing but the reason of the signal; a host that does not answer is a refusal. */
  prove(body: Readonly<Record<string, string>>, context: ProofContext): Promise<ProofOutcome>;
}

/** A refusal. */
export function notProved(message: string): { ok: false; message: string } {
  return { ok: false, message };
}

/** Permission to publish everything that a pattern matches. */
export function mayPublish(pattern: string): Permission {
  return { action: 'publish', pattern };
}
