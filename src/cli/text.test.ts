import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestIo } from '../../test/fixtures/cli-io.ts';
import { createOutput } from './output.ts';
import { createPalette, escapeControls, forTerminal, stripControls } from './text.ts';

const NASTY = '\x1b[31mred\x1b]0;title\x07\u009b2J\u202Egpj.exe\r\x00';
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not come through
const DANGEROUS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

describe('text for a terminal', () => {
  it('holds no control character but tab and line feed, whatever came in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(stripControls(text)).not.toMatch(DANGEROUS);
      }),
    );
    expect(stripControls(NASTY)).toBe('[31mred]0;title2Jgpj.exe');
    expect(stripControls('a\tb\nc')).toBe('a\tb\nc');
  });

  it('keeps our own paint and takes out the paint of others', () => {
    const paint = createPalette(true);
    expect(forTerminal(paint.red(NASTY))).toBe('\x1b[31m[31mred]0;title2Jgpj.exe\x1b[39m');
  });

  it('is bare without colour', () => {
    expect(createPalette(false).bold('x')).toBe('x');
  });

  it('has JSON in which every control character is escaped, and which says the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = escapeControls(JSON.stringify({ text }));
        expect(json).not.toMatch(DANGEROUS);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});

describe('output on a terminal', () => {
  it('draws a table with colours that fits, and nothing dangerous in it', async () => {
    const test = createTestIo({ columns: 60 });
    const output = createOutput(test.io, false);
    await output.table(['name', 'description'], [['a', `${NASTY} ${'word '.repeat(40)}`]]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: paint has no width
    const bare = test.out().replace(/\x1b\[\d+m/g, '');
    expect(bare).not.toMatch(DANGEROUS);
    expect(bare.split('\n')[0]).toMatch(/^name\s+description$/);
    expect(Math.max(...bare.split('\n').map((line) => line.length))).toBeLessThanOrEqual(61);
    expect(test.out()).toContain('\x1b[1mname\x1b[22m');
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('has no colours with %j', async (env) => {
    const test = createTestIo({ columns: 60, env });
    const output = createOutput(test.io, false);
    await output.table(['name'], [[output.paint.green('a')]]);
    output.error('bad');
    expect(test.out() + test.err()).not.toContain('\x1b');
  });

  it('draws a progress bar and takes it away', () => {
    const test = createTestIo({ columns: 60 });
    const progress = createOutput(test.io, false).progress('importing');
    progress.update(5, 10);
    expect(test.err()).toContain('[###############---------------] 5/10');
    progress.end();
    expect(test.err().endsWith('\r\x1b[K')).toBe(true);
    expect(test.out()).toBe('');
  });
});

describe('output elsewhere', () => {
  it('is tab-separated, without colours, one line a row', async () => {
    const test = createTestIo();
    const output = createOutput(test.io, false);
    await output.table(['name', 'description'], [[output.paint.red('a'), 'two\nlines']]);
    expect(test.out()).toBe('NAME\tDESCRIPTION\na\ttwo lines\n');
  });

  it('passes on what came from a server as it is', () => {
    const test = createTestIo();
    createOutput(test.io, false).raw(NASTY);
    expect(test.out()).toBe(NASTY);
  });

  it('says how far it is in lines', () => {
    const test = createTestIo();
    const progress = createOutput(test.io, false).progress('importing');
    for (let done = 200; done <= 1200; done += 200) progress.update(done, 1200);
    progress.end();
    expect(test.err()).toBe('importing: 600 of 1200\nimporting: 1200 of 1200\n');
  });
});
