import { randomBytes, randomInt } from 'node:crypto';
import { Mailbox } from './inbox';
import type { Language } from './words';

export type Channel = 'sms' | 'email';

/** Somebody who signs up. */
export interface Person {
  email: string;
  firstName: string;
  lastName: string;
  company: string;
  /** ISO 3166-1 alpha-2 */
  country: string;
  language: Language;
  password: string;
  /** E.164 */
  phone: string;
  mailbox: Mailbox;
  telephone: Mailbox;
}

/** A person whom nobody has met before, so that tests do not see each other. */
export function newPerson(language: Language = 'en', changes: Partial<Person> = {}): Person {
  const tag = randomBytes(5).toString('hex');
  const email = `ayu.${tag}@example.test`;
  const phone = `+62812${randomInt(10_000_000, 99_999_999)}`;
  return {
    email,
    firstName: 'Ayu',
    lastName: 'Lestari',
    company: `Kopi ${tag}`,
    country: 'ID',
    language,
    password: `Garuda-${tag}-terbang`,
    phone,
    mailbox: new Mailbox(email),
    telephone: new Mailbox(phone),
    ...changes,
  };
}

/** Where a channel's codes arrive. */
export function receives(person: Person, channel: Channel): Mailbox {
  return channel === 'sms' ? person.telephone : person.mailbox;
}
