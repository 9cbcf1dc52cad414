// Writes the reference pages that are made from the program itself. Run `npm run build` first.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { configurationReference } from '../dist/config/reference.js';

const docs = resolve(import.meta.dirname, '../docs/reference');
const pages = { 'configuration.md': configurationReference() };
for (const [name, text] of Object.entries(pages)) {
  writeFileSync(resolve(docs, name), text);
  console.log(`docs/reference/${name}`);
}
