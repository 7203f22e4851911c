import { Client } from 'pg';
import { stack } from './stack';

/** Runs a statement in the database of the service; tells how many rows it touched. */
export async function inDatabase(statement: string, ...values: string[]): Promise<number> {
  const client = new Client({ connectionString: stack().postgres_url });
  await client.connect();
  try {
    return (await client.query(statement, values)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
