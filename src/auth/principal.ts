/** What a permission allows. `admin` includes all others. */
export type Action = 'read' | 'publish' | 'edit' | 'call' | 'deploy' | 'review' | 'admin';

/** All actions, in the order in which messages list them. */
export const ACTIONS: readonly Action[] = ['read', 'publish', 'edit', 'call', 'deploy', 'review', 'admin'];

/** One right: an action on what a pattern matches (`*` all, a trailing `*` the rest, otherwise equal). */
export interface Permission {
  action: Action;
  pattern: string;
}

/** Who calls. */
export interface Principal {
  /** Stable and unique, e.g. `token:ci`; sessions and handles are bound to it. */
  id: string;
  /** For logs and the audit trail. */
  name: string;
  kind: 'anonymous' | 'local' | 'token';
  permissions: readonly Permission[];
}
