import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findNameToken } from './name-token.ts';

const vectorsFile = path.resolve(import.meta.dirname, '../../../../shared/data/registry/vectors.json');
const hasVectors = existsSync(vectorsFile);

describe('the mcp-name token', () => {
  it.skipIf(!hasVectors)('is found as the shared vectors say (skipped when ../shared is absent)', () => {
    const { mcpNameToken } = JSON.parse(readFileSync(vectorsFile, 'utf8')) as {
      mcpNameToken: { text: string; name: string; match: boolean }[];
    };
    expect(mcpNameToken.length).toBeGreaterThan(0);
    for (const { text, name, match } of mcpNameToken) {
      expect([text, findNameToken(text, name) === 'found']).toEqual([text, match]);
    }
  });

  it('is glued only when no occurrence stands alone', () => {
    expect(findNameToken('mcp-name: a.b/cd', 'a.b/c')).toBe('glued');
    expect(findNameToken('mcp-name: a.b/cd, mcp-name: a.b/c', 'a.b/c')).toBe('found');
    expect(findNameToken('mcp-name: A.b/c', 'a.b/c')).toBe('missing');
    expect(findNameToken('mcp-name: a.b/c--', 'a.b/c')).toBe('glued');
  });

  it('ends at an HTML comment, at a tag and at a letter that no name has', () => {
    for (const end of ['-->', '--!>', '<', ' ', '\n', '"', 'é', '']) {
      expect(findNameToken(`mcp-name: a.b/c${end}`, 'a.b/c')).toBe('found');
    }
  });
});
