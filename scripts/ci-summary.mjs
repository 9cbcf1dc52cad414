// Adds up vitest reports and ends with the line that CI reads. Arguments: exit status so far, report files.
import { existsSync, readFileSync } from 'node:fs';

const [status, ...files] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
const skips = new Set();
for (const file of files) {
  if (!existsSync(file)) continue;
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  skipped += report.numPendingTests + report.numTodoTests;
  for (const suite of report.testResults) {
    if (suite.status === 'failed' && suite.assertionResults.length === 0) {
      failed++;
      console.log(`not even loaded: ${suite.name}: ${suite.message}`);
    }
    for (const test of suite.assertionResults) {
      if (test.status === 'failed') console.log(`failed: ${test.fullName}`);
      if (test.status === 'pending' || test.status === 'skipped') skips.add(test.fullName);
    }
  }
}
for (const name of skips) console.log(`skipped: ${name}`);
// A check that fails before or beside the tests (lint, types, floors, a missing run) counts as one failure.
if (status !== '0' && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
