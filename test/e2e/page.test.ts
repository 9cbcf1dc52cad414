import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHub, type TestHub } from './support/hub.ts';

const EXECUTABLE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (EXECUTABLE === undefined) console.log('skipped: the page in a browser, because Chromium is not installed here');

let test: TestHub;
beforeAll(async () => {
  test = await startTestHub({
    hub: { name: '<b>Hub & Co</b>' },
    servers: [{ slug: 'broken', command: { command: process.execPath, args: ['-e', 'process.exit(1)'] } }],
  });
  await test.state('time', 'healthy');
  await test.state('broken', 'failed');
});
afterAll(() => test?.close());

describe('the page', () => {
  it('is complete without scripts, escapes what others wrote, and loads nothing from elsewhere', async () => {
    const answer = await fetch(`${test.url}/`);
    const page = await answer.text();
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;b&gt;Hub &amp; Co&lt;/b&gt;');
    expect([...page.matchAll(/(?:src|href)="(https?:)?\/\//g)]).toEqual([]);
    expect((await fetch(`${test.url}/assets/style.css`)).headers.get('content-type')).toContain('text/css');
  });

  it('searches, and pages through results', async () => {
    const page = await (await fetch(`${test.url}/?search=everything`)).text();
    expect(page).toContain('io.github.modelcontextprotocol/everything');
    expect(page).not.toContain('io.github.modelcontextprotocol/memory');
    expect(await (await fetch(`${test.url}/?search=nothing-like-this`)).text()).toContain('No server matches');
    expect((await fetch(`${test.url}/?cursor=%00garbage`)).status).toBeLessThan(500);
  });

  it.skipIf(EXECUTABLE === undefined)('is readable on a phone, with scripts switched off', async () => {
    const browser: Browser = await chromium.launch({ executablePath: EXECUTABLE as string, args: ['--no-sandbox'] });
    try {
      const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
      const page = await context.newPage();
      await page.goto(`${test.url}/`);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('<b>Hub & Co</b>');
      expect(await page.getByRole('heading', { name: 'time', exact: true }).isVisible()).toBe(true);
      expect(await page.getByText('failed').first().isVisible()).toBe(true);
      const { scrollWidth } = await page.locator('html').evaluate(({ scrollWidth }) => ({ scrollWidth }));
      expect(scrollWidth).toBeLessThanOrEqual(360);
      await page.getByRole('searchbox').fill('memory');
      await page.getByRole('button', { name: 'Search' }).click();
      expect(await page.getByText('io.github.modelcontextprotocol/memory').isVisible()).toBe(true);
    } finally {
      await browser.close();
    }
  });
});
