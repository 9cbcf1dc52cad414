// Fails when the house decays: an import that goes up a floor, a circle, or a file that grew too long.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const FLOORS = [
  'base',
  'telemetry',
  'config',
  'config',
  'net',
  'store',
  'auth',
  'registry',
  'openapi',
  'upstream',
  'loaders',
  'hub',
  'gateway',
  'http',
  'cli',
];
const ROOF = new Set(['create-hub.ts', 'index.ts', 'create-hub.test.ts']);
const MAX_LINES = 400;
const root = resolve(import.meta.dirname, '../src');

const files = (dir) =>
  readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : path.endsWith('.ts') ? [path] : [];
  });

const problems = [];
const graph = new Map();
for (const file of files(root)) {
  const name = relative(root, file);
  const text = readFileSync(file, 'utf8');
  const isTest = name.endsWith('.test.ts');
  const lines = text.split('\n').length;
  if (!isTest && lines > MAX_LINES) problems.push(`${name}: ${lines} lines, the limit is ${MAX_LINES}`);
  const floor = ROOF.has(name) ? FLOORS.length : FLOORS.indexOf(name.split('/')[0]);
  if (floor < 0) problems.push(`${name}: stands on no floor; the floors are ${FLOORS.join(', ')}`);
  const imports = [...text.matchAll(/(?:from|import\()\s*'(\.{1,2}\/[^']+)'/g)].map((match) => match[1]);
  const targets = [];
  for (const specifier of imports) {
    const target = relative(root, resolve(dirname(file), specifier));
    if (target.startsWith('..')) {
      if (!isTest) problems.push(`${name}: imports ${specifier}, which lies outside src/`);
      continue;
    }
    targets.push(target);
    const other = ROOF.has(target) ? FLOORS.length : FLOORS.indexOf(target.split('/')[0]);
    const mayReachRoof = name === 'cli/serve.ts' || isTest;
    if (other > floor && !(other === FLOORS.length && mayReachRoof))
      problems.push(`${name}: imports ${target}, a floor above`);
  }
  if (!isTest) graph.set(name, targets);
}

const state = new Map();
const visit = (node, path) => {
  if (state.get(node) === 'done') return;
  if (state.get(node) === 'open') {
    problems.push(`circle: ${[...path.slice(path.indexOf(node)), node].join(' -> ')}`);
    return;
  }
  state.set(node, 'open');
  for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
  state.set(node, 'done');
};
for (const node of graph.keys()) visit(node, []);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log(`floors: ${graph.size} files, no upward import, no circle, none over ${MAX_LINES} lines`);
