import { chooseFactor, enterCodeFrom, giveDestination, givePassword } from './acts';
import { admin, findUser } from './admin';
import { newPerson, receives, type Channel, type Person } from './person';
import { openPortal } from './portal';
import { expect, type Visit, type Visitor } from './test';

/** A person whom an administrator made at Keycloak; by that they lead their company, and have no second factor yet. */
export async function madeByHand(changes: Partial<Person> = {}): Promise<Person> {
  const person = newPerson('en', changes);
  await admin('POST', 'users', {
    username: person.email, email: person.email, emailVerified: true, enabled: true,
    firstName: person.firstName, lastName: person.lastName,
    attributes: { company: [person.company], country: [person.country], locale: [person.language] },
    credentials: [{ type: 'password', value: person.password, temporary: false }],
  });
  return person;
}

/** That person's first visit to a page of the portal, which asks for a second factor; theirs is of `channel`. */
export async function enters(visitor: Visit, person: Person, path: string, channel: Channel = 'email'): Promise<Visitor> {
  const visit = await visitor('en');
  await openPortal(visit.page, path);
  await givePassword(visit.page, person);
  await chooseFactor(visit.page, channel);
  await giveDestination(visit.page, channel === 'sms' ? person.phone : person.email);
  await enterCodeFrom(visit.page, person, channel);
  await expect(visit.page.locator('.who bdi')).toBeVisible();
  return visit;
}

/** The same person later, in the same browser, asked for the password and a code. */
export async function returns({ page }: Visitor, person: Person, path: string, channel: Channel = 'email'): Promise<void> {
  await openPortal(page, path);
  await givePassword(page, person);
  await enterCodeFrom(page, person, channel);
  await expect(page.locator('.who bdi')).toBeVisible();
}

/** Where somebody's codes arrive, with what came there before passed over. */
export async function fresh(person: Person, channel: Channel): Promise<void> {
  const box = receives(person, channel);
  while ((await box.unread()) > 0) await box.next();
}

/** A new member of staff with a role of the realm, signed in to the back office with a second factor like everybody. */
export async function staffMember(visitor: Visit, role: 'customer-service' | 'operator' | 'auditor'): Promise<Visitor> {
  const person = await madeByHand({ firstName: 'Helga', lastName: 'Berg' });
  const user = (await findUser(person.email))!;
  await admin('POST', `users/${user.id}/role-mappings/realm`, [await admin('GET', `roles/${role}`)]);
  const visit = await enters(visitor, person, '/backoffice');
  await expect(visit.page.locator('#q')).toBeVisible();
  return visit;
}
