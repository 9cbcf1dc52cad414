import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { HubError } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { type CompiledApi, type CompiledTool, compile } from './compile.ts';
import { readDocument } from './read.ts';
import type { Warning } from './warnings.ts';

const corpus = resolve(import.meta.dirname, '../../../shared/data/openapi-corpus/dev');
const isThere = existsSync(join(corpus, 'INDEX.md'));
if (!isThere) console.warn(`${corpus} is absent: real documents are not tried.`);

/** File names and the number of operations, from the table of the index. */
const documents: [file: string, operations: number][] = isThere
  ? [
      ...readFileSync(join(corpus, 'INDEX.md'), 'utf8').matchAll(/^\| `([^`]+)` \|[^|]*\|[^|]*\|[^|]*\| (\d+) \|/gm),
    ].map(([, file = '', operations]) => [file, Number(operations)])
  : [];

/** Documents that stand on other files, which are not followed: some operations are rightly left out. */
const MULTI_FILE = ['digitalocean/DigitalOcean-public.v2.yaml', 'snowflake/table.yaml', 'snowflake/warehouse.yaml'];
/** Output schemas compiled per document: they are alike, and it takes time. */
const MAX_OUTPUTS = 50;
const NO_OPENAPI = 'broken/not-openapi-asyncapi.json';

const load = async (file: string, onWarning?: (warning: Warning) => void): Promise<CompiledApi> =>
  compile(await readDocument(readFileSync(join(corpus, file), 'utf8'), file), onWarning && { onWarning });

/** A value that a schema takes, good enough for the required arguments of real documents. */
function sample(schema: JsonValue | undefined, definitions: JsonObject, depth = 0): JsonValue {
  if (!isObject(schema) || depth > 12) return 'x';
  if (typeof schema.$ref === 'string') return sample(definitions[schema.$ref.slice(8)], definitions, depth + 1);
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  const [variant] = Array.isArray(schema.anyOf) ? schema.anyOf : [];
  if (variant !== undefined && schema.properties === undefined) return sample(variant, definitions, depth + 1);
  const merged: JsonObject = {};
  for (const member of Array.isArray(schema.allOf) ? schema.allOf : []) {
    const part = sample(member, definitions, depth + 1);
    if (isObject(part)) Object.assign(merged, part);
    else return part;
  }
  const type = [schema.type].flat()[0];
  if (type === 'integer' || type === 'number') return typeof schema.minimum === 'number' ? schema.minimum : 1;
  if (type === 'boolean') return true;
  if (type === 'array') return Array(Number(schema.minItems ?? 1)).fill(sample(schema.items, definitions, depth + 1));
  if (type === 'object' || schema.properties !== undefined || Object.keys(merged).length > 0) {
    const properties = isObject(schema.properties) ? schema.properties : {};
    for (const name of Array.isArray(schema.required) ? schema.required.map(String) : []) {
      merged[name] = sample(properties[name], definitions, depth + 1);
    }
    const isEmpty = Object.keys(merged).length === 0;
    if (isEmpty && isObject(schema.additionalProperties)) {
      merged.key = sample(schema.additionalProperties, definitions, depth + 1);
    }
    return merged;
  }
  return sampleText(schema);
}

/** Texts that fit the patterns of identifiers in these documents. */
const TEXTS = [
  'x',
  '1',
  'X',
  'USD',
  'a.txt',
  '2024-01-01',
  '0'.repeat(26),
  'b1'.repeat(16),
  'en',
  'a@b.co',
  'https://a.co/',
];

function sampleText({ pattern, minLength = 1 }: JsonObject): string {
  const texts = [...TEXTS, 'x'.repeat(Number(minLength))];
  if (typeof pattern !== 'string') return texts.find((text) => text.length >= Number(minLength)) ?? 'x';
  const prefix = /^\^\(?([A-Z]{2})/.exec(pattern)?.[1] ?? '';
  const fits = (text: string): boolean => new RegExp(pattern, 'u').test(text);
  return texts.find(fits) ?? texts.map((text) => prefix + text).find(fits) ?? 'x';
}

function requiredArguments({ definition }: CompiledTool): JsonObject {
  const { $defs = {}, ...schema } = definition.inputSchema as JsonObject;
  return sample(schema, isObject($defs) ? $defs : {}) as JsonObject;
}

describe.skipIf(!isThere)('real documents', () => {
  it('are there', () => {
    expect(documents.length).toBeGreaterThan(50);
  });

  it('of something else are refused with a clear message', async () => {
    await expect(load(NO_OPENAPI)).rejects.toThrow(HubError);
    await expect(load(NO_OPENAPI)).rejects.toThrow(/asyncapi 1\.2\.0, not of OpenAPI/);
  });

  let all = 0;
  let refused = 0;

  describe.each(documents.filter(([file]) => file !== NO_OPENAPI))('%s', (file, operations) => {
    const broken: string[] = [];
    let api: CompiledApi;
    beforeAll(async () => {
      api = await load(file, ({ reason }) => broken.push(reason));
    });

    it(`gives a tool for each of its ${operations} operations, with a legal name of its own`, () => {
      if (MULTI_FILE.includes(file)) expect(api.tools.length).toBeLessThanOrEqual(operations);
      else expect(api.tools).toHaveLength(operations);
      expect(new Set(api.tools.map(({ name }) => name)).size).toBe(api.tools.length);
      for (const { name } of api.tools) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    });

    it('shows schemas that are legal JSON Schema 2020-12 and argument names that model APIs take', () => {
      const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
      for (const { definition } of api.tools) {
        const input = definition.inputSchema as JsonObject;
        expect(ajv.validateSchema(input)).toBe(true);
        expect(ajv.validateSchema((definition.outputSchema ?? {}) as JsonObject)).toBe(true);
        for (const name of Object.keys(input.properties ?? {})) expect(name).toMatch(/^[A-Za-z0-9_.-]{1,64}$/);
      }
    });

    it('compiles every schema and makes a request of the required arguments of every tool', () => {
      for (const [index, tool] of api.tools.entries()) {
        const given = requiredArguments(tool);
        const checked = tool.check(given);
        all++;
        if (!checked.ok) refused++;
        if (index < MAX_OUTPUTS) tool.output?.places({});
        // A sample may miss a pattern or a condition; what is tried here is the request.
        const built = tool.build(checked.ok ? checked.values : given);
        expect(built.ok ? [] : built.problems).toEqual([]);
        if (!built.ok) continue;
        expect(built.request.path).toMatch(/^\/[\x21-\x7e]*$/);
        expect(built.request.path).not.toMatch(/[{}?#]/);
      }
      expect(broken).toEqual([]);
    });
  });

  it('are checked with few false alarms', () => {
    // What is refused is the sample's fault: it does not read patterns and conditions.
    expect(refused / all).toBeLessThan(0.03);
  });
});
