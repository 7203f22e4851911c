import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './stack';

export type Language = 'en' | 'id';

/** Where the words of Keycloak's pages lie; later ones win, as they do in Keycloak. */
const folders = ['keycloak-extension/src/main/resources/theme-resources/messages', 'keycloak-theme/gatehouse/login/messages'];

/** The lines `key=value` of a properties file (UTF-8, one line a key). */
function properties(file: string): [string, string][] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^[^#!\s][^=]*=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]);
}

function read(language: Language): Map<string, string> {
  const name = `messages_${language}.properties`;
  const files = folders.map((folder) => path.join(root, folder)).filter((folder) => readdirSync(folder).includes(name));
  return new Map(files.flatMap((folder) => properties(path.join(folder, name))));
}

const words = new Map<Language, Map<string, string>>();

/** A sentence of our pages as a person who reads `language` sees it; arguments as in Java's MessageFormat. */
export function say(language: Language, key: string, ...args: (string | number)[]): string {
  if (!words.has(language)) words.set(language, read(language));
  const sentence = words.get(language)!.get(key);
  if (sentence === undefined) throw new Error(`There is no "${key}" in ${language}`);
  const quoted = sentence.replaceAll("''", "'");
  return quoted.replace(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)] ?? ''));
}

/** The part of a sentence before its first argument (plain or a choice), for those whose numbers are not known beforehand. */
export function beginningOf(language: Language, key: string): string {
  return say(language, key, '\u0000').split(/\u0000|\{\d,/)[0]!.trim();
}
