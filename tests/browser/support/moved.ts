import { Client } from 'pg';
import { admin, findUser } from './admin';
import type { Person } from './person';
import { stack } from './stack';

/** Somebody whom staff moved here from elsewhere, with the number of before. Gives Keycloak's id. */
export async function movedHere(person: Person): Promise<string> {
  await admin('POST', 'users', {
    username: person.email,
    email: person.email,
    emailVerified: true,
    enabled: true,
    firstName: person.firstName,
    lastName: person.lastName,
    attributes: { company: [person.company], country: [person.country], locale: [person.language] },
    credentials: [{ type: 'password', value: person.password, temporary: false }],
  });
  const { id } = (await findUser(person.email))!;
  const client = new Client({ connectionString: stack().postgres_url });
  await client.connect();
  try {
    await client.query(`INSERT INTO otp_imports (realm, user_id, channel, destination, hint) VALUES ($1, $2, 'sms', $3, $4)`, [
      stack().realm,
      id,
      person.phone,
      `+62 ••• ${person.phone.slice(-2)}`,
    ]);
  } finally {
    await client.end();
  }
  return id;
}
