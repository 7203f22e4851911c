import { codeField, confirmRemoval, enterCode, enterCodeFrom, giveDestination, givePassword } from '../support/acts';
import { credentialsOf, findUser } from '../support/admin';
import { factorsListed, openSigningIn, remove, setUp } from '../support/console';
import { codeIn } from '../support/inbox';
import { addFactor, member, signedIn } from '../support/members';
import { expect, test } from '../support/test';
import { say, type Language } from '../support/words';

for (const language of ['en', 'id'] as Language[]) {
  test(`the account console lists the factors in ${language}, and adds another one`, async ({ visitor, topics }) => {
    const person = await member(visitor, language, 'sms');
    const { page } = await signedIn(visitor, person, 'sms');
    await openSigningIn(page);
    await expect(page.getByTestId('gh-sms/title')).toHaveText(say(language, 'gh-sms-display-name'));
    await expect(page.getByTestId('gh-email/title')).toHaveText(say(language, 'gh-email-display-name'));
    await expect(factorsListed(page, 'sms')).toHaveCount(1);
    await expect(factorsListed(page, 'sms')).toContainText(person.phone.slice(-2));
    await expect(factorsListed(page, 'sms')).not.toContainText(person.phone);
    await expect(factorsListed(page, 'email')).toHaveCount(0);

    await setUp(page, 'email');
    await expect(page.locator('[name="password"]'), 'the password is asked again').toBeVisible();
    await page.locator('[name="password"]').fill(person.password);
    await page.locator('#kc-login').click();
    await enterCodeFrom(page, person, 'sms');
    await giveDestination(page, person.email);
    await enterCodeFrom(page, person, 'email');
    await openSigningIn(page);
    await expect(factorsListed(page, 'email')).toHaveCount(1);

    const user = await findUser(person.email);
    const record = await topics.find('gatehouse.users.v1', `both factors of ${person.email}`, ({ key, value }) => {
      return key === user?.id && (value?.['second_factors'] as string[] | undefined)?.length === 2;
    });
    expect((record.value?.['second_factors'] as string[]).toSorted()).toEqual(['email', 'sms']);
  });
}

test('removing a factor asks who is there once more, and only then removes it', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  await addFactor(visitor, person, 'sms', 'email');
  const { page } = await signedIn(visitor, person, 'sms');
  const user = (await findUser(person.email))!;
  const factors = async () => (await credentialsOf(user.id)).map(({ type }) => type).filter((type) => type.startsWith('gh-')).toSorted();

  await openSigningIn(page);
  await remove(page, 'email');
  await expect(page.locator('[name="password"]'), 'the password is asked again').toBeVisible();
  expect(await factors()).toEqual(['gh-email', 'gh-sms']);
  await page.locator('[name="password"]').fill(person.password);
  await page.locator('#kc-login').click();
  await expect(codeField(page), 'and the code').toBeVisible();
  await enterCode(page, codeIn(await person.telephone.next()));
  await confirmRemoval(page);
  await expect(page.getByTestId('gh-email/title')).toBeVisible();
  await expect(factorsListed(page, 'email')).toHaveCount(0);
  expect(await factors()).toEqual(['gh-sms']);
});

test('who removes the last factor is asked to enrol one before anything else opens', async ({ visitor }) => {
  const person = await member(visitor, 'en', 'sms');
  const { page } = await signedIn(visitor, person, 'sms');
  await openSigningIn(page);
  await remove(page, 'sms');
  await page.locator('[name="password"]').fill(person.password);
  await page.locator('#kc-login').click();
  await enterCodeFrom(page, person, 'sms');
  await confirmRemoval(page);

  const later = await visitor('en');
  await openSigningIn(later.page);
  await givePassword(later.page, person);
  await expect(later.page.locator('#gatehouse-choose-factor')).toBeVisible();
});
