import { chooseFactor, codeField, enterCodeFrom, givePassword, openLoginOf, problem } from '../support/acts';
import { credentialsOf } from '../support/admin';
import { expectPortal, expectShut } from '../support/doors';
import { look, walkByKeyboard } from '../support/look';
import { movedHere } from '../support/moved';
import { newPerson } from '../support/person';
import { expect, test } from '../support/test';
import { say } from '../support/words';

test('a number from before is offered masked, and counts once its code was entered', async ({ visitor }) => {
  const person = newPerson('en');
  const id = await movedHere(person);
  const { page, context } = await visitor('en');
  await openLoginOf(page, 'gatehouse-portal');
  await givePassword(page, person);
  await chooseFactor(page, 'sms');
  const hint = `+62 ••• ${person.phone.slice(-2)}`;
  await expect(page.locator('#gatehouse-imported')).toContainText(say('en', 'gatehouse.enrol.sms.imported', hint));
  await expect(page.locator('body')).not.toContainText(person.phone);
  await expect(page.locator('#gatehouse-notice-title'), 'the notice is on the same page').toBeVisible();
  await look(page, 'enrol-imported');
  await walkByKeyboard(page, 'enrol-imported');

  await page.locator('[name="destination"]').fill('12');
  await page.locator('#gatehouse-send').click();
  await expect(problem(page)).toBeVisible();
  await expect(page.locator('#gatehouse-imported'), 'it is still offered').toBeVisible();
  await expectShut(context);

  await page.locator('[name="action"][value="imported"]').click();
  await expect(codeField(page)).toBeVisible();
  expect((await credentialsOf(id)).map(({ type }) => type), 'no factor before its code').not.toContain('gh-sms');
  await enterCodeFrom(page, person, 'sms');
  await expectPortal(page);
  expect((await credentialsOf(id)).map(({ type }) => type)).toContain('gh-sms');
});
