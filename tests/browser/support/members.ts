import { expect } from '@playwright/test';
import { codeField, enterCodeFrom, givePassword, giveDestination, openAccount, openLoginOf, signUp } from './acts';
import { expectAccountConsole, expectOpen } from './doors';
import { newPerson, type Channel, type Person } from './person';
import type { Visit, Visitor } from './test';
import type { Language } from './words';

/** Somebody who signed up earlier, in a browser that is gone: one without JavaScript, which gets there quickest. */
export async function member(visitor: Visit, language: Language, channel: Channel): Promise<Person> {
  const person = newPerson(language);
  const { page, context } = await visitor(language, { javaScriptEnabled: false });
  await openLoginOf(page, 'gatehouse-portal');
  await signUp(page, person, channel);
  await expectOpen(context);
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

/** The person signs in by the factor they have, and adds another one as the account console would ask them to. */
export async function addFactor(visitor: Visit, person: Person, has: Channel, adds: Channel): Promise<void> {
  const { page, context } = await signedIn(visitor, person, has);
  await openLoginOf(page, 'account-console', { kc_action: `gh-enrol-${adds}` });
  await giveDestination(page, adds === 'sms' ? person.phone : person.email);
  await enterCodeFrom(page, person, adds);
  await expectAccountConsole(page, person.email);
  await expectOpen(context);
  await context.close();
}
