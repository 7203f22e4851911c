import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { root } from './stack';

/** What the schema of a topic finds wrong with a value; empty when it is valid. */
export function faultsOf(topic: string, value: unknown): string[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  formats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(path.join(root, 'schemas', topic, 'schema.json'), 'utf8')) as object);
  validate(value);
  return (validate.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message}`);
}
