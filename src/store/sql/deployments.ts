import type { Selectable } from 'kysely';
import { HubError } from '../../base/errors.ts';
import type { DeploymentSettings } from '../../config/settings.ts';
import type { Deployment, DeploymentStore } from '../deployment.ts';
import { appendChanges } from './changes.ts';
import type { SqlDatabase } from './database.ts';
import type { DeploymentRow } from './schema.ts';

/** Deployments in SQL. */
export function createDeploymentStore(database: SqlDatabase, clock: () => Date): DeploymentStore {
  const { reader } = database;
  return {
    async list() {
      const rows = await reader.selectFrom('deployments').selectAll().orderBy('slug').execute();
      return rows.map(fromRow);
    },
    async get(slug) {
      const row = await reader.selectFrom('deployments').selectAll().where('slug', '=', slug).executeTakeFirst();
      return row === undefined ? undefined : fromRow(row);
    },
    insert: (deployment) =>
      database.transaction([deployment.slug], async (trx) => {
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('deployments')
          .values(toRow(deployment))
          .onConflict((conflict) => conflict.column('slug').doNothing())
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows === 0n) {
          throw new HubError('deployment.exists', `There is a deployment "${deployment.slug}" already.`);
        }
        await appendChanges(trx, 'deployment', [deployment.slug], clock);
      }),
    update: (deployment) =>
      database.transaction([deployment.slug], async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('deployments')
          .set(toRow(deployment))
          .where('slug', '=', deployment.slug)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows > 0n) await appendChanges(trx, 'deployment', [deployment.slug], clock);
        return numUpdatedRows > 0n;
      }),
    remove: (slug) =>
      database.transaction([slug], async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('deployments')
          .where('slug', '=', slug)
          .executeTakeFirstOrThrow();
        if (numDeletedRows > 0n) await appendChanges(trx, 'deployment', [slug], clock);
        return numDeletedRows > 0n;
      }),
  };
}

function toRow(deployment: Deployment): DeploymentRow {
  return {
    slug: deployment.slug,
    name: deployment.name,
    version: deployment.version,
    enabled: deployment.enabled ? 1 : 0,
    source: deployment.source,
    settings: JSON.stringify(deployment.settings),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
  };
}

function fromRow(row: Selectable<DeploymentRow>): Deployment {
  const settings: DeploymentSettings = JSON.parse(row.settings);
  return {
    slug: row.slug,
    name: row.name,
    version: row.version,
    enabled: row.enabled === 1,
    source: row.source,
    settings,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
