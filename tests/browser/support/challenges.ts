import type { Page } from '@playwright/test';
import { findUser } from './admin';
import { inDatabase } from './database';
import type { Person } from './person';

/** Changes what the service keeps of the person's codes, so that time they would wait has passed. */
async function turnTheClock(person: Person, statement: string): Promise<void> {
  const user = await findUser(person.email);
  if (!user) throw new Error('Keycloak does not know this person');
  if ((await inDatabase(statement, user.id)) === 0) throw new Error('This person has no code');
}

/** The codes that were sent are too old now. */
export async function expireCodes(person: Person): Promise<void> {
  await turnTheClock(person, `UPDATE otp_challenges SET expires_at = now() - interval '1 second' WHERE user_id = $1`);
}

/** The pause between two messages is over for the service. */
export async function allowResend(person: Person): Promise<void> {
  await turnTheClock(
    person,
    `UPDATE otp_messages SET created_at = created_at - interval '5 minutes'
      WHERE challenge_id IN (SELECT id FROM otp_challenges WHERE user_id = $1)`,
  );
}

/** The same, and the page has counted the pause down. */
export async function letPausePass(page: Page, person: Person): Promise<void> {
  await allowResend(person);
  await page.clock.install();
  await page.reload();
  await page.clock.fastForward('05:00');
}

/** The pause that wrong codes bring is over. */
export async function allowNextTry(person: Person): Promise<void> {
  await turnTheClock(person, `UPDATE otp_failures SET next_try_at = now() WHERE user_id = $1 AND next_try_at IS NOT NULL`);
}
