import { expect } from '@playwright/test';
import { codeField, enterCodeFrom, givePassword, giveDestination, openAccount, openLoginOf, signUp } from './acts';
import { expectAccountConsole, expectOpen, expectPortal } from './doors';
import { newPerson, type Channel, type Person } from './person';
import type { Visit, Visitor } from './test';
import type { Language } from './words';

/**
 * Somebody who signed up earlier, in a browser that is gone: one without JavaScript, which gets there quickest. `look` sees
 * that browser before.
 */
export async function member(
  visitor: Visit,
  language: Language,
  channel: Channel,
  look: (signedUp: Visitor) => Promise<void> = async () => {},
): Promise<Person> {
  const person = newPerson(language);
  const { page, context } = await visitor(language, { javaScriptEnabled: false });
  await openLoginOf(page, 'gatehouse-portal');
  await signUp(page, person, channel);
  await expectOpen(context);
  await look({ page, context });
  await context.close();
  return person;
}

/** That person in a new browser, asked for the code. */
export async function atTheCode(visitor: Visit, person: Person): Promise<Visitor> {
  const visit = await visitor(person.language);
  await openAccount(visit.page);
  await givePassword(visit.page, person);
  await expect(codeField(visit.page)).toBeVisible();
  return visit;
}

/** That person in a new browser, signed in. */
export async function signedIn(visitor: Visit, person: Person, channel: Channel): Promise<Visitor> {
  const visit = await atTheCode(visitor, person);
  await enterCodeFrom(visit.page, person, channel);
  await expectAccountConsole(visit.page, person.email);
  return visit;
}

/** The person adds another factor as the account console would ask them to: it starts with a fresh login. */
export async function addFactor(visitor: Visit, person: Person, has: Channel, adds: Channel): Promise<void> {
  const { page, context } = await visitor(person.language, { javaScriptEnabled: false });
  await openLoginOf(page, 'gatehouse-portal', { kc_action: `gh-enrol-${adds}` });
  await givePassword(page, person);
  await enterCodeFrom(page, person, has);
  await giveDestination(page, adds === 'sms' ? person.phone : person.email);
  await enterCodeFrom(page, person, adds);
  await expectPortal(page);
  await context.close();
}
