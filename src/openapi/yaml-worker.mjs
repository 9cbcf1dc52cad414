// Runs inside a worker thread: reads YAML into JSON. A hostile text can make the parser need gigabytes or minutes; here
// the thread's own limits end it, and not the hub.
// It is plain JavaScript because it must run unbuilt (tests) and built (dist) alike; scripts/after-build.mjs copies it.
import { parentPort, workerData } from 'node:worker_threads';
import { LineCounter, parseDocument } from 'yaml';

const { source, maxValues, maxDepth, maxAliases, maxBytes } = workerData;

/** Copies a parsed value into a tree of JSON values: aliases are written out, a value inside itself becomes null. */
function toPlainTree(root) {
  const above = new Set();
  let values = 0;
  const copy = (value) => {
    if (++values > maxValues) throw new Error(`it holds more than ${maxValues} values`);
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : null;
    if (typeof value === 'bigint') return Number(value);
    if (typeof value !== 'object' || value === null || above.has(value)) return null;
    if (above.size >= maxDepth) throw new Error(`it is nested deeper than ${maxDepth} levels`);
    above.add(value);
    const result = Array.isArray(value) ? value.map(copy) : copyObject(value, copy);
    above.delete(value);
    return result;
  };
  return copy(root);
}

function copyObject(value, copy) {
  const result = {};
  for (const [key, member] of Object.entries(value)) {
    if (key !== '__proto__') result[key] = copy(member);
  }
  return result;
}

function read() {
  const lines = new LineCounter();
  // Duplicate keys are a mistake of real documents; the last one counts, as in JSON.
  const document = parseDocument(source, {
    uniqueKeys: false,
    merge: true,
    strict: false,
    logLevel: 'silent',
    prettyErrors: false,
    lineCounter: lines,
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    return { reason: `line ${line}, column ${col}: ${error.message}` };
  }
  const json = JSON.stringify(toPlainTree(document.toJS({ maxAliasCount: maxAliases })));
  if (json.length > maxBytes)
    return { reason: `it is larger than ${maxBytes} bytes after its aliases are written out` };
  return { json };
}

try {
  parentPort.postMessage(read());
} catch (error) {
  parentPort.postMessage({ reason: error instanceof Error ? error.message : String(error) });
}
