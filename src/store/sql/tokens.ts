import type { Selectable } from 'kysely';
import { HubError } from '../../base/errors.ts';
import type { TokenRecord, TokenStore } from '../store.ts';
import type { SqlDatabase } from './database.ts';
import type { TokenRow } from './schema.ts';

/** All token writes wait for each other; there are few. */
const KEYS = ['tokens'];

/** API tokens in SQL. */
export function createTokenStore(database: SqlDatabase): TokenStore {
  const { reader } = database;
  return {
    async list() {
      const rows = await reader.selectFrom('tokens').selectAll().orderBy('name').execute();
      return rows.map(fromRow);
    },
    async byHash(hash) {
      const row = await reader.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
      return row === undefined ? undefined : fromRow(row);
    },
    insert: (token) =>
      database.transaction(KEYS, async (trx) => {
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('tokens')
          .values(toRow(token))
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows === 0n) {
          throw new HubError(
            'store.conflict',
            `There is a token "${token.name}" already. Revoke it, or take another name.`,
          );
        }
      }),
    remove: (idOrName) =>
      database.transaction(KEYS, async (trx) => {
        for (const column of ['id', 'name'] as const) {
          const { numDeletedRows } = await trx
            .deleteFrom('tokens')
            .where(column, '=', idOrName)
            .executeTakeFirstOrThrow();
          if (numDeletedRows > 0n) return true;
        }
        return false;
      }),
    touch: (id, usedAt) =>
      database.transaction(KEYS, async (trx) => {
        await trx.updateTable('tokens').set({ last_used_at: usedAt }).where('id', '=', id).execute();
      }),
  };
}

function toRow(token: TokenRecord): TokenRow {
  return {
    id: token.id,
    name: token.name,
    hash: token.hash,
    permissions: JSON.stringify(token.permissions),
    created_at: token.createdAt,
    expires_at: token.expiresAt ?? null,
    last_used_at: token.lastUsedAt ?? null,
  };
}

function fromRow(row: Selectable<TokenRow>): TokenRecord {
  const permissions: string[] = JSON.parse(row.permissions);
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    permissions,
    createdAt: row.created_at,
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  };
}
