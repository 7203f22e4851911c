import { Client } from 'pg';
import { findUser } from './admin';
import type { Person } from './person';
import { stack } from './stack';

/** Changes the person's open codes in the service's database: time that people would wait passes at once. */
async function turnTheClock(person: Person, statement: string): Promise<void> {
  const user = await findUser(person.email);
  if (!user) throw new Error('Keycloak does not know this person');
  const client = new Client({ connectionString: stack().postgres_url });
  await client.connect();
  try {
    const { rowCount } = await client.query(statement, [user.id]);
    if (!rowCount) throw new Error('This person has no open code');
  } finally {
    await client.end();
  }
}

/** The codes that were sent are too old now. */
export async function expireCodes(person: Person): Promise<void> {
  await turnTheClock(person, `UPDATE otp_challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1`);
}

/** The pause between two messages is over. */
export async function allowResend(person: Person): Promise<void> {
  await turnTheClock(person, `UPDATE otp_challenges SET resend_at = now() - interval '1 second' WHERE user_id = $1`);
}
