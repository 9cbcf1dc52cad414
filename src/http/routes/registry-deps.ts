import type { Principal } from '../../auth/principal.ts';
import type { PublisherLogin } from '../../auth/publisher-login.ts';
import type { HubError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Catalog } from '../../registry/catalog.ts';
import type { DeployBlock } from '../../registry/deploy-block.ts';
import type { ServerEntry } from '../../store/entry.ts';
import type { AuditRecord } from '../../store/store.ts';
import type { Logger } from '../../telemetry/log.ts';

/** What the registry's routes work with. */
export interface RegistryRoutesDeps {
  catalog: Catalog;
  /**
   * Who sends a request. A refusal is a value: `auth.missing` or `auth.invalid`, with the details of
   * registry-api.md, section 2.2. Called for writes only.
   */
  authenticate(request: Request): Promise<Principal | HubError>;
  /** The exchanges below `/auth`; absent: none is offered. */
  login?: PublisherLogin;
  /** The hub's own keys for the response-level `_meta` of an entry, e.g. its runtime. */
  decorate(entry: ServerEntry): JsonObject | undefined;
  /**
   * Called when a published document asks to be deployed and the publisher may do that. What it returns is added to
   * the response-level `_meta`; what it throws is told there, since the publish itself has happened.
   */
  onPublished?(entry: ServerEntry, deploy: DeployBlock, principal: Principal): Promise<JsonObject | undefined>;
  audit(record: AuditRecord): Promise<void>;
  /** For `GET /version`. */
  build: { version: string; gitCommit: string; buildTime: string };
  /** Further members of `GET /health`. */
  health?(): JsonObject;
  log: Logger;
  /** Origins of browser pages that may write without a token of their own, besides the hub's own. */
  allowedOrigins?: readonly string[];
  clock?: () => Date;
}
