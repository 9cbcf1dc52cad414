import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

function pages(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(root, path)).isDirectory()) return pages(path);
    return name.endsWith('.md') ? [path] : [];
  });
}

it('every link between the pages leads somewhere', () => {
  const all = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pages('docs'), ...pages('examples')];
  const dead = all.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1] as string);
    return links
      .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(resolve(root, dirname(page), link)))
      .map((link) => `${page}: ${link}`);
  });
  expect(dead).toEqual([]);
});

it('no page, test or source names the host of a package registry', () => {
  const hosts = ['npmjs', 'pypi', 'crates'].map((name) => new RegExp(`(registry\\.|//)${name}\\.(org|io)`));
  const folders = ['src', 'test', 'docs', 'examples', 'scripts', 'seed', 'console'];
  const files = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? files(path) : [path];
    });
  const found = [...folders.flatMap((folder) => files(join(root, folder))), join(root, 'package-lock.json')].filter(
    (file) => hosts.some((host) => host.test(readFileSync(file, 'utf8'))),
  );
  expect(found.map((file) => relative(root, file))).toEqual([]);
});
