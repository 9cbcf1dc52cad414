// Writes the reference pages that are made from the program itself. Run `npm run build` first.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cliReference } from '../dist/cli/reference.js';
import { configurationReference } from '../dist/config/reference.js';

const docs = resolve(import.meta.dirname, '../docs/reference');
const pages = { 'configuration.md': configurationReference(), 'cli.md': cliReference() };
for (const [name, text] of Object.entries(pages)) {
  writeFileSync(resolve(docs, name), text);
  console.log(`docs/reference/${name}`);
}
