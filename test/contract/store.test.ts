import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openStore } from '../../src/store/index.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { storeContract } from './store.ts';

const logger = createLogger('silent');

storeContract('memory', () => openStore({ type: 'memory', url: '', logger }));

const folder = mkdtempSync(join(tmpdir(), 'mcp-hub-store-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
const openLast = (): ReturnType<typeof openStore> =>
  openStore({ type: 'sqlite', url: `file:${join(folder, `${count}.db`)}`, logger });

storeContract(
  'sqlite',
  () => {
    count++;
    return openLast();
  },
  openLast,
);
