import { isObject, type JsonObject } from '../base/json.ts';
import type { ServerDocument } from '../store/entry.ts';
import { type Issue, objectsOf, type Report, type RuleOptions, textOf } from './issues.ts';
import { checkPackage, checkRemote } from './package-rules.ts';
import { CURRENT_SCHEMA_VERSION, SCHEMA_VERSIONS, schemaUrl, schemaVersionOf } from './schema-version.ts';
import { parseUrlReference } from './url-reference.ts';
import { looksLikeRange } from './versions.ts';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]\/[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$/;
const FORGES: Readonly<Record<string, RegExp>> = {
  github: /^https?:\/\/(www\.)?github\.com\/[\w.-]+\/[\w.-]+\/?$/,
  gitlab: /^https?:\/\/(www\.)?gitlab\.com\/[\w.-]+\/[\w.-]+\/?$/,
};

/**
 * The semantic rules for a document that passed the constraint layer (registry-api.md, section 7, column S), in the
 * order of the document. No network, no look into the catalogue.
 */
export function checkRules(document: ServerDocument, options: RuleOptions): Issue[] {
  const issues: Issue[] = [];
  const report: Report = (path, reference, message) =>
    issues.push({ type: 'semantic', path, message, severity: 'error', reference });
  const schemaIssue = checkSchemaVersion(textOf(document.$schema));
  if (schemaIssue) issues.push(schemaIssue);
  if (!NAME.test(document.name)) {
    report(
      'name',
      'invalid-server-name',
      `The server name '${document.name}' must be namespace/name; each part needs two or more characters and begins and ends with a letter or digit.`,
    );
  }
  checkVersion(document.version, 'version', report);
  if (isObject(document.repository)) checkRepository(document.repository, report);
  checkWebsite(textOf(document.websiteUrl), report);
  if (document.title !== undefined && document.title.trim() === '') {
    report('title', 'title-whitespace-only', 'The title holds only white space. Leave it out or write a name.');
  }
  for (const [i, icon] of objectsOf(document.icons).entries()) checkIcon(textOf(icon.src), `icons[${i}].src`, report);
  for (const [i, pkg] of objectsOf(document.packages).entries()) {
    checkPackage(pkg, `packages[${i}]`, report);
    if (typeof pkg.version === 'string') checkVersion(pkg.version, `packages[${i}].version`, report);
  }
  for (const [i, remote] of objectsOf(document.remotes).entries()) {
    checkRemote(remote, `remotes[${i}]`, options, report);
  }
  return issues;
}

function checkSchemaVersion(url: string): Issue | undefined {
  const issue = (severity: Issue['severity'], reference: string, message: string): Issue => ({
    type: 'schema',
    path: 'schema',
    message,
    severity,
    reference,
  });
  if (url === '') {
    return issue('error', 'schema-field-required', `The document needs a $schema; the current one is ${schemaUrl()}.`);
  }
  const version = schemaVersionOf(url);
  if (version === undefined) {
    return issue(
      'error',
      'schema-version-extraction-error',
      `The $schema '${url}' does not name a version; it must end like ${schemaUrl()}.`,
    );
  }
  if (!SCHEMA_VERSIONS.includes(version)) {
    return issue(
      'error',
      'schema-version-not-available',
      `The schema version '${version}' is not known; known are ${SCHEMA_VERSIONS.join(', ')}.`,
    );
  }
  if (version === CURRENT_SCHEMA_VERSION) return undefined;
  return issue(
    'warning',
    'schema-version-deprecated',
    `The schema version '${version}' is not the current one; consider to move to ${schemaUrl()}.`,
  );
}

function checkVersion(version: string, path: string, report: Report): void {
  if (version.trim() === '') {
    report(path, 'invalid-version', 'The version holds only white space; write an exact version such as 1.0.0.');
  } else if (version === 'latest') {
    report(path, 'reserved-version-string', "The version 'latest' is reserved; write an exact version such as 1.0.0.");
  } else if (looksLikeRange(version)) {
    report(path, 'version-looks-like-range', `The version '${version}' looks like a range; write one exact version.`);
  }
}

function checkRepository(repository: JsonObject, report: Report): void {
  const url = textOf(repository.url);
  const source = textOf(repository.source);
  if (url === '' && source === '') return;
  const forge = Object.hasOwn(FORGES, source) ? FORGES[source] : undefined;
  if (!forge) {
    report('repository.url', 'invalid-repository-url', `The repository source '${source}' must be github or gitlab.`);
  } else if (!forge.test(url)) {
    report(
      'repository.url',
      'invalid-repository-url',
      `The repository URL '${url}' must be https://${source}.com/owner/repository.`,
    );
  }
  const subfolder = textOf(repository.subfolder);
  if (subfolder !== '' && !isSubfolder(subfolder)) {
    report(
      'repository.subfolder',
      'invalid-subfolder-path',
      `The subfolder '${subfolder}' must be a relative path of letters, digits, '-', '_', '.' and '/', without empty, '.' or '..' parts.`,
    );
  }
}

/** Whether a text is a clean relative path inside a repository (registry-api.md, section 7.2). */
export function isSubfolder(path: string): boolean {
  if (!/^[a-zA-Z0-9\-_./]+$/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function checkWebsite(url: string, report: Report): void {
  if (url === '') return;
  const path = 'websiteUrl';
  const parsed = parseUrlReference(url);
  if (typeof parsed === 'string') report(path, 'invalid-website-url', `The websiteUrl is not a URL: ${parsed}.`);
  else if (parsed.scheme === '' || parsed.authority === '') {
    report(path, 'website-url-must-be-absolute', `The websiteUrl '${url}' must begin with https:// and a host.`);
  } else if (parsed.scheme !== 'https') {
    report(path, 'website-url-invalid-scheme', `The websiteUrl '${url}' must use https.`);
  } else if (/["'<> \t\r\n]/.test(url)) {
    report(
      path,
      'website-url-invalid-characters',
      'The websiteUrl must hold no quotes, angle brackets or white space.',
    );
  }
}

function checkIcon(src: string, path: string, report: Report): void {
  const parsed = parseUrlReference(src);
  if (typeof parsed === 'string') report(path, 'icon-src-invalid-url', `The icon's src is not a URL: ${parsed}.`);
  else if (parsed.scheme === '') report(path, 'icon-src-not-absolute', `The icon's src '${src}' must be an https URL.`);
  else if (parsed.scheme !== 'https' || parsed.authority === '') {
    report(path, 'icon-src-invalid-scheme', `The icon's src '${src.slice(0, 100)}' must be an https URL with a host.`);
  }
}
