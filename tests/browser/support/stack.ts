import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The root of the repository. */
export const root = path.resolve(import.meta.dirname, '../../..');

/** Where tests leave what they made: below Cargo's output directory. */
export function artifacts(...parts: string[]): string {
  return path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', ...parts);
}

/** What a running stack says of itself (`stack.json`). */
export interface Stack {
  keycloak_url: string;
  realm: string;
  gatehouse_url: string;
  kafka_bootstrap: string;
  postgres_url: string;
  inbox_url: string;
  keycloak_admin: { username: string; password: string };
  /** With `--openstack` only. */
  keystone?: { auth_url: string; username: string; password: string; project: string };
}

function describe(): Stack {
  const file = process.env.GATEHOUSE_TEST_STACK ?? artifacts('stack', 'stack.json');
  if (!existsSync(file)) {
    throw new Error(`No stack is running: ${file} is missing. Start one with "cargo xtask up", or set GATEHOUSE_TEST_STACK.`);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Stack;
}

let known: Stack | undefined;

/** The stack under test. */
export function stack(): Stack {
  return (known ??= describe());
}

/** These words, where the stack has an OpenStack: its pages are offered only there. */
export function ofCloud(...words: string[]): string[] {
  return stack().keystone ? words : [];
}

/** The realm's address at Keycloak. */
export function realmUrl(): string {
  return `${stack().keycloak_url}/realms/${stack().realm}`;
}
