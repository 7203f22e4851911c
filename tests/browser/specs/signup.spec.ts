import {
  chooseFactor,
  codeField,
  enrol,
  enterCode,
  enterCodeFrom,
  fillRegistration,
  giveDestination,
  openAccount,
  openLoginOf,
  openRegistration,
  problem,
  proveEmail,
  register,
  signUp,
  submitRegistration,
} from '../support/acts';
import { findUser } from '../support/admin';
import { expectAccountConsole, expectOpen, expectShut } from '../support/doors';
import { codeIn, wrongCode } from '../support/inbox';
import { newPerson, receives, type Channel } from '../support/person';
import { faultsOf } from '../support/schema';
import { expect, test } from '../support/test';
import { beginningOf, say, type Language } from '../support/words';

for (const language of ['en', 'id'] as Language[]) {
  for (const channel of ['sms', 'email'] as Channel[]) {
    test(`a person signs up in ${language} with codes by ${channel}, and billing sees the record`, async ({ visitor, topics }) => {
      const { page, context } = await visitor(language);
      const person = newPerson(language);

      await openAccount(page);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await register(page, person);
      await expect(page.getByText(person.email)).toBeVisible();
      await expectShut(context);

      await proveEmail(page, person);
      await expect(page.locator('#kc-page-title')).toHaveText(say(language, 'gatehouse.choose.title'));
      await expectShut(context);

      await chooseFactor(page, channel);
      await expectShut(context);
      await giveDestination(page, channel === 'sms' ? person.phone : person.email);
      await expect(page.locator('#kc-page-title')).toHaveText(say(language, `gatehouse.code.${channel}.title`));
      await expectShut(context);
      const message = await receives(person, channel).next();
      await enterCode(page, wrongCode(codeIn(message)));
      await expect(problem(page)).toContainText(beginningOf(language, 'gatehouse.otp.code-wrong'));
      await expectShut(context);

      await enterCode(page, codeIn(message));
      await expectAccountConsole(page, person.email);
      await expectOpen(context);
      expect(await person.mailbox.unread(), 'mails nobody asked for').toBe(0);
      expect(await person.telephone.unread(), 'text messages nobody asked for').toBe(0);

      const user = await findUser(person.email);
      expect(user).toMatchObject({ username: person.email, emailVerified: true });
      expect(user?.attributes).toMatchObject({ company: [person.company], country: [person.country], locale: [person.language] });
      expect(user?.attributes?.['terms_version']).toHaveLength(1);
      expect(Date.parse(user?.attributes?.['terms_accepted_at']?.[0] ?? '')).toBeGreaterThan(Date.now() - 120_000);

      const record = await topics.find('gatehouse.users.v1', `the finished record of ${person.email}`, ({ key, value }) => {
        return key === user?.id && value?.['status'] === 'active' && (value['second_factors'] as string[]).includes(channel) && value['company'] !== null;
      });
      expect(record.value).toMatchObject({
        user_id: user?.id,
        username: person.email,
        name: { first: person.firstName, last: person.lastName },
        locale: language,
        second_factors: [channel],
        emails: [expect.objectContaining({ address: person.email, primary: true, verified_at: expect.any(String) })],
        phones: channel === 'sms' ? [expect.objectContaining({ e164: person.phone, verified_at: expect.any(String) })] : [],
        company: expect.objectContaining({ name: person.company, role: 'admin' }),
      });
      expect(record.headers).toMatchObject({ ce_specversion: '1.0', ce_type: 'io.gatehouse.user.state.v1' });
      expect(faultsOf('gatehouse.users.v1', record.value)).toEqual([]);

      const companyId = (record.value?.['company'] as { company_id: string }).company_id;
      const company = await topics.find('gatehouse.companies.v1', person.company, ({ key, value }) => key === companyId && value?.['members'] === 1);
      expect(company.value).toMatchObject({ name: person.company, members: 1 });
      expect(faultsOf('gatehouse.companies.v1', company.value)).toEqual([]);
    });
  }
}

for (const language of ['en', 'id'] as Language[]) {
  test(`an empty registration form in ${language} says what is missing, and keeps what was typed`, async ({ visitor }) => {
    const { page } = await visitor(language);
    await openAccount(page);
    await openRegistration(page);
    await submitRegistration(page);

    const summary = page.locator('.gh-summary');
    await expect(summary).toBeFocused();
    await expect(summary.getByRole('heading')).toHaveText(say(language, 'gatehouse.error-summary'));
    await expect(summary.getByRole('link', { name: say(language, 'missingEmailMessage') }).first()).toBeVisible();
    for (const field of ['email', 'firstName', 'lastName', 'company', 'country', 'password', 'termsAccepted']) {
      await expect(page.locator(`[name="${field}"]`), field).toHaveAttribute('aria-invalid', 'true');
    }
    await summary.getByRole('link', { name: say(language, 'missingEmailMessage') }).first().click();
    await expect(page.locator('[name="email"]')).toBeFocused();

    const person = newPerson(language);
    await fillRegistration(page, person);
    await page.locator('[name="password-confirm"]').fill('something else');
    await submitRegistration(page);
    await expect(summary).toContainText(say(language, 'invalidPasswordConfirmMessage'));
    for (const field of ['email', 'firstName', 'lastName', 'company', 'country'] as const) {
      await expect(page.locator(`[name="${field}"]`)).toHaveValue(person[field]);
    }
    await expect(page.locator('[name="locale"]')).toHaveValue(language);
    await expect(page.locator('[name="password"]')).toHaveValue('');
  });
}

test('a phone number that cannot be reached is refused before anything is sent', async ({ visitor }) => {
  const { page, context } = await visitor('id');
  const person = newPerson('id');
  await openAccount(page);
  await register(page, person);
  await proveEmail(page, person);
  await chooseFactor(page, 'sms');
  for (const unreachable of ['12', '+1 212 555 0123', '']) {
    await giveDestination(page, unreachable);
    await expect(page.locator('[name="destination"]')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.locator('[name="destination"]')).toHaveValue(unreachable);
    await expect(problem(page)).toContainText(say('id', 'gatehouse.otp.destination-invalid'));
  }
  await expectShut(context);

  // people change their minds: a number of their own with spaces, then another way altogether
  await giveDestination(page, person.phone.replace(/^(\+62)(\d{3})(\d{4})/, '$1 $2-$3 '));
  await expect(codeField(page)).toBeVisible();
  await page.locator('[name="action"][value="change"]').click();
  await page.locator('[name="action"][value="choose"]').click();
  await chooseFactor(page, 'email');
  await giveDestination(page, person.email);
  await enterCodeFrom(page, person, 'email');
  await expectAccountConsole(page, person.email);
});

test('the same address cannot be registered twice', async ({ visitor }) => {
  const person = newPerson('en');
  const first = await visitor('en');
  await openAccount(first.page);
  await signUp(first.page, person, 'email');
  await expectAccountConsole(first.page, person.email);

  const second = await visitor('en');
  await openAccount(second.page);
  await register(second.page, person);
  await expect(problem(second.page)).toContainText(say('en', 'emailExistsMessage'));
  await expectShut(second.context);
});

test('who leaves before the second factor is enrolled has to enrol it at the next login', async ({ visitor }) => {
  const person = newPerson('en');
  const first = await visitor('en');
  await openAccount(first.page);
  await register(first.page, person);
  await proveEmail(first.page, person);
  await expect(first.page.locator('#gatehouse-choose-factor')).toBeVisible();
  await first.context.clearCookies();

  const later = await visitor('en');
  await openLoginOf(later.page, 'gatehouse-portal');
  await later.page.locator('[name="username"]').fill(person.email);
  await later.page.locator('[name="password"]').fill(person.password);
  await later.page.locator('#kc-login').click();
  await expect(later.page.locator('#gatehouse-choose-factor')).toBeVisible();
  await expectShut(later.context);
  await enrol(later.page, person, 'sms');
  await expectOpen(later.context);
});

test('the company of a second person is not given away: it becomes a request to join', async ({ visitor, topics }) => {
  const founder = newPerson('en');
  const stranger = newPerson('id', { company: `  ${founder.company.toUpperCase()} ` });
  for (const person of [founder, stranger]) {
    const { page } = await visitor(person.language);
    await openAccount(page);
    await signUp(page, person, 'email');
    await expectAccountConsole(page, person.email);
  }
  const user = await findUser(stranger.email);
  const record = await topics.find('gatehouse.users.v1', `the record of ${stranger.email}`, ({ key, value }) => {
    return key === user?.id && (value?.['second_factors'] as string[] | undefined)?.length === 1;
  });
  expect(record.value).toMatchObject({ company: null });
});
