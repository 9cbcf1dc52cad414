/** Shorter texts are no secrets worth the damage of replacing them everywhere. */
const MIN_SECRET_LENGTH = 6;
const REPLACEMENT = '[redacted]';

/** Takes secrets out of text that leaves the hub. */
export type Redactor = (text: string) => string;

/** Prepares a redactor; secrets are also found as they stand inside JSON and inside URLs. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_LENGTH) continue;
    forms
      .add(secret)
      .add(JSON.stringify(secret).slice(1, -1))
      .add(encodeURIComponent(secret.replace(/[\ud800-\udfff]/gu, '')));
  }
  // Longer ones first, so that a secret inside another does not leave its ends behind.
  const sorted = [...forms].filter((form) => form !== '').sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const form of sorted) if (clean.includes(form)) clean = clean.replaceAll(form, REPLACEMENT);
    return clean;
  };
}
