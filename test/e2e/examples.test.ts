import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isBuilt, projectFile, runCommand } from './support/process.ts';

/** What each example must print; a new example needs a line here. */
const SAYS: Record<string, { script: string; text: RegExp }> = {
  embed: { script: 'server.mjs', text: /notes is healthy and has the tools: add_note/ },
};

it('every example is tried', () => {
  expect(readdirSync(projectFile('examples')).sort()).toEqual(Object.keys(SAYS).sort());
});

it.skipIf(!isBuilt).each(Object.entries(SAYS))('examples/%s does what it says', async (name, { script, text }) => {
  const { code, stdout, stderr } = await runCommand(projectFile('examples', name), [script], {
    command: [process.execPath],
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(text);
});
