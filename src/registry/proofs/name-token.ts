import { PROVEN, type ProofResult, unproven } from './proof.ts';

const GLUE = /[A-Za-z0-9._/-]/;

/** How a text carries the name of a server. */
export type TokenFinding = 'found' | 'glued' | 'missing';

/**
 * Looks for `mcp-name: NAME` followed by the end, by a character that cannot belong to a name, or by the end of an
 * HTML comment (registry-api.md, section 8). `glued`: every occurrence runs on into more characters.
 */
export function findNameToken(text: string, serverName: string): TokenFinding {
  const token = `mcp-name: ${serverName}`;
  let finding: TokenFinding = 'missing';
  for (let at = text.indexOf(token); at !== -1; at = text.indexOf(token, at + 1)) {
    const end = at + token.length;
    const next = text[end];
    if (next === undefined || !GLUE.test(next) || text.startsWith('-->', end) || text.startsWith('--!>', end)) {
      return 'found';
    }
    finding = 'glued';
  }
  return finding;
}

/** The proof that rests on the token: `where` names the text, e.g. `the README of 'x' 1.0`. */
export function proveByToken(text: string, serverName: string, where: string): ProofResult {
  const finding = findNameToken(text, serverName);
  if (finding === 'found') return PROVEN;
  const token = `mcp-name: ${serverName}`;
  return unproven(
    finding === 'glued'
      ? `${where} holds '${token}' only with further characters right behind it. Put a space or a line end after it and release the package again`
      : `${where} does not hold '${token}'. Add this text (it may stand in an HTML comment) and release the package again`,
  );
}
