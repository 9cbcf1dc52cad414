import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryQuery, EntryStatus, ListedEntry, ServerEntry } from '../../src/store/entry.ts';
import { entry, keys, list, pages, type StoreUnderTest } from './store-fixtures.ts';

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Without case and accents. */
const folded = (text: string): string => text.toLowerCase().replaceAll('ä', 'a');
/** The words of the few characters that the cases below are made of. */
const wordsOf = (text: string): string[] => folded(text).match(/[ab]+|天|🌦/gu) ?? [];

/** What a listing is, said as plainly as possible. */
function model(entries: ServerEntry[], query: Omit<EntryQuery, 'limit'>): string[] {
  const text = folded(query.search ?? '').trim();
  const rank = ({ name }: ServerEntry): number => {
    const whole = folded(name);
    const last = whole.slice(whole.lastIndexOf('/') + 1);
    if (text === '') return 0;
    if (whole === text || last === text) return 0;
    if (whole.startsWith(text) || last.startsWith(text)) return 1;
    return whole.includes(text) ? 2 : 3;
  };
  const isFound = ({ name, document }: ServerEntry): boolean => {
    const words = wordsOf(text);
    if (words.length === 0) return folded(name).includes(text);
    const own = wordsOf(`${name}\n${document.description}`);
    return words.every((word) => folded(name).includes(word) || own.some((one) => one.startsWith(word)));
  };
  const isIn = (one: ServerEntry): boolean =>
    (query.includeDeleted || one.status !== 'deleted') &&
    (query.status === undefined || one.status === query.status) &&
    (query.publisher === undefined || folded(one.name.split('/')[0] ?? '') === folded(query.publisher)) &&
    (query.version === undefined || (query.version === 'latest' ? one.isLatest : one.version === query.version)) &&
    (query.updatedSince === undefined || Date.parse(one.updatedAt) > Date.parse(query.updatedSince)) &&
    isFound(one);
  return entries
    .filter(isIn)
    .sort((a, b) => rank(a) - rank(b) || bytewise(a.name, b.name) || bytewise(a.version, b.version))
    .map((one) => `${one.name}@${one.version}`);
}

const part = fc.string({
  unit: fc.constantFrom('a', 'B', 'b', '-', '_', '%', '.', 'ä', '天', '🌦'),
  minLength: 1,
  maxLength: 4,
});
const name = fc.tuple(part, part).map(([space, last]) => `${space}/${last}`);
const version = fc.constantFrom('1', '1.0', '2', '10', 'v1', 'V1');
const instant = fc.integer({ min: 0, max: 9 }).map((n) => new Date(Date.UTC(2026, 0, 1) + n * 250).toISOString());

const catalogue = fc.uniqueArray(
  fc.record({
    name,
    version,
    instant,
    status: fc.constantFrom<EntryStatus>('active', 'deprecated', 'deleted'),
    about: part,
  }),
  { selector: (row) => `${row.name}@${row.version}`, maxLength: 25 },
);
const query = fc.record(
  {
    search: fc.oneof(
      part,
      name,
      fc.tuple(part, part).map((two) => two.join(' ')),
    ),
    updatedSince: instant,
    status: fc.constantFrom<EntryStatus>('active', 'deprecated', 'deleted'),
    publisher: part,
    version: fc.oneof(version, fc.constant('latest')),
    includeDeleted: fc.boolean(),
  },
  { requiredKeys: ['includeDeleted'] },
);

/** Listings of random catalogues, compared with a model of a few lines. */
export function modelContract({ store }: StoreUnderTest): void {
  describe('any listing of any catalogue', () => {
    it('has the rows and the order of the model, whole and in pages of any size', async () => {
      const property = fc.asyncProperty(
        catalogue,
        fc.array(query, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 7 }),
        async (rows, queries, limit) => {
          const marked = new Set<string>();
          const entries = rows.map((row) => {
            const isLatest = !marked.has(row.name);
            marked.add(row.name);
            const more = { version: row.version, updatedAt: row.instant, status: row.status, isLatest };
            return entry(row.name, { ...more, doc: { description: row.about } });
          });
          const each = async (work: (one: ServerEntry) => Promise<void>): Promise<void> => {
            for (const one of entries) await work(one);
          };
          await each((one) => store().entries.change(one.name, (tx) => tx.insert(one)));
          for (const one of queries) {
            const expected = model(entries, one);
            const whole: ListedEntry[] = await list(store(), one);
            expect(keys(whole)).toEqual(expected);
            expect(keys(await pages(store(), { ...one, limit }))).toEqual(expected);
          }
          await each((one) => store().entries.change(one.name, (tx) => tx.remove(one.version)));
        },
      );
      await fc.assert(property, { numRuns: 60 });
    });
  });
}
