import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../base/errors.ts';
import { configurationReference } from './reference.ts';
import { listSettings } from './setting-list.ts';

const docs = path.resolve(import.meta.dirname, '../../docs/reference');

describe('docs/reference/configuration.md', () => {
  it('is what the schema says (else: npm run build && node scripts/gen-reference.mjs)', () => {
    expect(readFileSync(path.join(docs, 'configuration.md'), 'utf8')).toBe(configurationReference());
  });

  it('names every setting with its variable, each with a description', () => {
    const page = configurationReference();
    for (const setting of listSettings()) {
      if (setting.path[0] === 'servers' || setting.path[0] === 'mcpServers') continue;
      expect(page).toContain(`| \`${setting.path.join('.')}\` |`);
      expect(page).toContain(`\`${setting.variable}\``);
      expect(setting.schema.description, setting.path.join('.')).toBeTruthy();
    }
  });

  it('has one variable for each setting', () => {
    const variables = listSettings().map((setting) => setting.variable);
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables).toContain('MCP_HUB_LOADER_RETRY_MAX_DELAY_MS');
  });
});

describe('docs/reference/errors.md', () => {
  const page = readFileSync(path.join(docs, 'errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z_.]+)` \| (\d+) \| (-?\d+) \| (.+) \|$/gm)];

  it('explains every code of src/base/errors.ts, and no other', () => {
    expect(rows.map((row) => row[1]).sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });

  it.each(Object.entries(ERROR_CODES))('tells how %s leaves the hub, and what to do', (code, wire) => {
    const row = rows.find((candidate) => candidate[1] === code);
    expect([row?.[2], row?.[3]]).toEqual([String(wire.status), String(wire.rpc)]);
    expect(row?.[4]?.length ?? 0).toBeGreaterThan(20);
  });
});
