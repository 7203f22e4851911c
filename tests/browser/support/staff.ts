import { chooseFactor, enterCodeFrom, giveDestination, givePassword } from './acts';
import { admin, findUser } from './admin';
import { newPerson, type Person } from './person';
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

/** A new member of staff with a role of the realm, signed in to the back office with a second factor like everybody. */
export async function staffMember(visitor: Visit, role: 'customer-service' | 'operator' | 'auditor'): Promise<Visitor> {
  const person = await madeByHand({ firstName: 'Helga', lastName: 'Berg' });
  const user = (await findUser(person.email))!;
  await admin('POST', `users/${user.id}/role-mappings/realm`, [await admin('GET', `roles/${role}`)]);
  const visit = await visitor('en');
  await openPortal(visit.page, '/backoffice');
  await givePassword(visit.page, person);
  await chooseFactor(visit.page, 'email');
  await giveDestination(visit.page, person.email);
  await enterCodeFrom(visit.page, person, 'email');
  await expect(visit.page.locator('#q')).toBeVisible();
  return visit;
}
