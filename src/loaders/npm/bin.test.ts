import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { chooseBin, findBin } from './bin.ts';

describe('the command of a package', () => {
  it('is the only one, whatever its name', () => {
    expect(chooseBin({ name: 'x', bin: { other: 'a.js' } }, undefined)).toEqual({ name: 'other', path: 'a.js' });
    expect(chooseBin({ name: '@s/x', bin: 'a.js' }, undefined)).toEqual({ name: 'x', path: 'a.js' });
  });

  it('is the one named like the package without its scope', () => {
    const bin = { setup: 's.js', x: 'a.js', check: 'c.js' };
    expect(chooseBin({ name: '@s/x', bin }, undefined)).toEqual({ name: 'x', path: 'a.js' });
  });

  it('is the first of several that are the same file', () => {
    expect(chooseBin({ name: 'x', bin: { a: 'i.js', b: 'i.js' } }, undefined)).toEqual({ name: 'a', path: 'i.js' });
  });

  it('can be chosen by name', () => {
    const manifest = { name: 'x', bin: { x: 'a.js', other: 'b.js' } };
    expect(chooseBin(manifest, 'other')).toEqual({ name: 'other', path: 'b.js' });
    expect(() => chooseBin(manifest, 'none')).toThrow('has no command "none"; it has x, other');
  });

  it('is asked for when nothing tells which', () => {
    expect(() => chooseBin({ name: 'x', bin: { a: 'a.js', b: 'b.js' } }, undefined)).toThrow('several commands (a, b)');
  });

  it.each([{ name: 'x' }, { name: 'x', bin: {} }, { name: 'x', bin: 5 }, { name: 'x', bin: { x: 5 } }])(
    'is missing in %j',
    (manifest) => {
      expect(() => chooseBin(manifest, undefined)).toThrow('has no command');
    },
  );
});

describe('the script of an installed package', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });
  async function packageWith(bin: string, files: Record<string, string>): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'mcp-hub-bin-'));
    folders.push(root);
    const folder = join(root, 'package');
    await mkdir(join(folder, 'dist'), { recursive: true });
    await writeFile(join(root, 'outside.js'), '');
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'x', bin }));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return folder;
  }

  it.each([
    ['dist/index.js', '#!/usr/bin/env node\n'],
    ['dist/cli', '#!/usr/bin/env -S node --no-warnings\n'],
    ['dist/index.mjs', 'export {}'],
  ])('%s beginning with %j is run with Node.js', async (name, text) => {
    const folder = await packageWith(name, { [name]: text });
    expect(await findBin(folder, undefined)).toMatch(/dist[\\/](index|cli)/);
  });

  it.each([
    ['dist/run.sh', '#!/bin/sh\n', 'wants to be run by "/bin/sh"'],
    ['dist/run.py', 'print()', 'is not JavaScript'],
  ])('%s is refused', async (name, text, words) => {
    await expect(findBin(await packageWith(name, { [name]: text }), undefined)).rejects.toThrow(words);
  });

  it('must be in the package', async () => {
    await expect(findBin(await packageWith('dist/none.js', {}), undefined)).rejects.toThrow('is not in the package');
    await expect(findBin(await packageWith('../outside.js', {}), undefined)).rejects.toThrow('outside of its package');
  });

  it('must not be a link that leads out of the package', async () => {
    const folder = await packageWith('link.js', {});
    await symlink('../outside.js', join(folder, 'link.js'));
    await expect(findBin(folder, undefined)).rejects.toThrow('outside of its package');
  });
});
