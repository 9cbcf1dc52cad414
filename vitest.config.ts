import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Where a machine-readable report goes, when somebody wants one. */
const report = process.env.TEST_REPORT;

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
export default config;
