import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HubError } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { compile } from './compile.ts';
import { readDocument } from './read.ts';

const corpus = resolve(import.meta.dirname, '../../../shared/data/openapi-corpus/dev');
const files = [
  'ogen-parameters.json',
  'ogen-form.json',
  'readme-discriminators.json',
  'readme-circular-paths.json',
  'alertmanager.yaml',
  'oas32-media-types.yaml',
  'museum-3.1.yaml',
  'broken/petstore-badref-2.0.json',
];
const isThere = existsSync(join(corpus, 'INDEX.md'));
if (!isThere) console.warn(`${corpus} is absent: no real documents are mutated.`);
const RUNS = Number(process.env.FUZZ_RUNS ?? 200);

/** What ends up where something else belongs. */
const oddValue: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, false, 0, -1, 1e21, '', '..', '{', '\ud800', [], {}, [null], [[]]),
  fc.constantFrom('#', '#/paths', '#/components', '#/definitions', 'x.yaml', '#/x', '').map(($ref) => ({ $ref })),
  fc.constantFrom<JsonValue>({ $ref: 5 }, { type: ['object', 'x'] }, { allOf: [{ $ref: '#' }] }, { properties: [1] }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3 }).map((value) => value as JsonValue),
);

interface Change {
  path: number[];
  kind: 'replace' | 'remove' | 'rename';
  value: JsonValue;
  key: string;
}

/** Where a change happens is told by fractions, so that any document can take it. */
const change: fc.Arbitrary<Change> = fc.record({
  path: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 10 }),
  kind: fc.constantFrom('replace', 'remove', 'rename'),
  value: oddValue,
  key: fc.oneof(fc.constantFrom('__proto__', 'constructor', '$ref', '/..', '/{a}{b}', '200', 'toString'), fc.string()),
});

function mutate(root: JsonObject, { path, kind, value, key }: Change): void {
  let holder = root;
  for (const [depth, fraction] of path.entries()) {
    const keys: string[] = Object.keys(holder);
    const chosen: string | undefined = keys[Math.floor(fraction * keys.length)];
    if (chosen === undefined) return;
    const inner: JsonValue = holder[chosen] ?? null;
    if (depth < path.length - 1 && typeof inner === 'object' && inner !== null) {
      holder = inner as JsonObject;
      continue;
    }
    if (kind === 'remove') delete holder[chosen];
    else if (kind === 'replace') define(holder, chosen, structuredClone(value));
    else define(holder, key, structuredClone(inner));
    return;
  }
}

/** Sets a property of any name, `__proto__` included, as `JSON.parse` would. */
function define(holder: JsonObject, key: string, value: JsonValue): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

describe.skipIf(!isThere)('mutated documents', () => {
  it.each(files)('%s never throws anything but a refusal', async (file) => {
    const original = await readDocument(readFileSync(join(corpus, file), 'utf8'), file);
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), oddValue, (changes, argument) => {
        const document = structuredClone(original);
        for (const one of changes) mutate(document, one);
        try {
          const { tools } = compile(document);
          expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
          for (const tool of tools.slice(0, 10)) {
            expect(tool.name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
            const names = Object.keys((tool.definition.inputSchema as JsonObject).properties ?? {});
            const given = Object.fromEntries(names.map((name) => [name, argument]));
            const checked = tool.check(given);
            const built = tool.build(checked.ok ? checked.values : given);
            if (built.ok) expect(built.request.path).toMatch(/^\/[\x21-\x7e]*$/);
          }
        } catch (error) {
          if (!(error instanceof HubError)) throw error;
        }
      }),
      { numRuns: RUNS },
    );
  });
});
