import { describe, expect, it } from 'vitest';
import type { ServerDocument } from './entry.ts';
import { labelsOf, labelWord, MAX_SEARCHABLE_LENGTH, searchableEntry } from './search-entry.ts';
import { MAX_WORD_LENGTH } from './search-text.ts';

const PUBLISHER = 'io.modelcontextprotocol.registry/publisher-provided';
const document = (more: Partial<ServerDocument> = {}): ServerDocument => ({
  name: 'com.example/Weather',
  description: 'Tells the weather.',
  version: '1.0.0',
  ...more,
});
const wordsOf = (more: Partial<ServerDocument>): string[] => searchableEntry(document(more)).words;

describe('searchableEntry', () => {
  it('has the words of name, title, tags, package identifiers, remote hosts and description', () => {
    const words = wordsOf({
      title: 'WX',
      packages: [{ registryType: 'npm', identifier: '@Scope/Pkg' }],
      remotes: [{ type: 'sse', url: 'https://MCP.host.example/hidden?q=no' }],
      _meta: { [PUBLISHER]: { tags: ['Rain'], keywords: ['Sun', 7], other: 'no' } },
    });
    for (const word of ['com', 'weather', 'wx', 'tells', 'scope', 'pkg', 'mcp', 'host', 'rain', 'sun']) {
      expect(words).toContain(word);
    }
    for (const word of ['no', 'hidden', 'https', 'q']) expect(words).not.toContain(word);
  });

  it('tells stems, parts of the name and labels apart', () => {
    const words = wordsOf({ description: 'queries', packages: [{ registryType: 'npm' }] });
    expect(words).toEqual(
      expect.arrayContaining(['queries', '=queri', '@weather', '@com.example', '#type=npm', '#publisher=com.example']),
    );
    expect(words).not.toContain('@queries');
  });

  it('passes over fields of the wrong shape', () => {
    const odd = document({ packages: [{ identifier: 5, transport: 'x' }], remotes: [{}], _meta: { x: 1 }, title: 'T' });
    expect(searchableEntry(odd).words).toContain('t');
  });

  it('is bounded, and no word ends in half a character', () => {
    const words = wordsOf({ description: '𐐨'.repeat(MAX_SEARCHABLE_LENGTH), title: '𐐨'.repeat(MAX_WORD_LENGTH + 50) });
    for (const word of words) {
      expect([...word].length).toBeLessThanOrEqual(MAX_WORD_LENGTH + 1);
      expect(word).toBe(Buffer.from(word).toString());
    }
    const many = wordsOf({ description: Array.from({ length: 5000 }, (_, i) => `a${i}`).join(' ') });
    expect(many.length).toBeLessThan(2100);
  });
});

describe('labelsOf', () => {
  it('gathers types, transports, tags and the namespace, each once', () => {
    const packages = [
      { registryType: 'npm', transport: { type: 'stdio' } },
      { registryType: 'npm', transport: { type: 'sse' } },
    ];
    const remotes = [{ type: 'sse', url: 'https://x.example' }];
    expect(labelsOf(document({ packages, remotes, _meta: { [PUBLISHER]: { tags: ['A', 'A', 'b'] } } }))).toEqual({
      type: ['npm'],
      transport: ['sse', 'stdio'],
      tag: ['A', 'b'],
      publisher: ['com.example'],
    });
  });
});

describe('labelWord', () => {
  it('has no space whatever the label is, and is the same for both cases', () => {
    for (const text of ['a b', '𐐨'.repeat(300), '\ud800', '\0', '']) expect(labelWord('tag', text)).not.toMatch(/\s/);
    expect(labelWord('tag', 'Big Data')).toBe(labelWord('tag', 'big data'));
  });
});
