import type { NamespaceProof } from './proof.ts';

/** Where everybody may publish who proves nothing. */
const PATTERN = 'io.modelcontextprotocol.anonymous/*';

/** Proves nothing and lets everybody write in one namespace of its own: for development, off by default. */
export const anonymousProof: NamespaceProof = {
  method: 'none',
  fields: [],
  failure: 'Token exchange failed',
  tellsReason: true,
  async prove() {
    return {
      ok: true,
      subject: 'anonymous',
      permissions: [
        { action: 'publish', pattern: PATTERN },
        { action: 'edit', pattern: PATTERN },
      ],
    };
  },
};
