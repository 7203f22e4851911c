import { chooseWay, codeField, enterCode, enterCodeFrom, problem, resend, title, tryAnotherWay } from '../support/acts';
import { allowNextTry, letPausePass } from '../support/challenges';
import { expectOpen, expectShut } from '../support/doors';
import { codeIn, wrongCode } from '../support/inbox';
import { addFactor, atTheCode, member } from '../support/members';
import { expect, test } from '../support/test';
import { say } from '../support/words';

test('ten wrong codes lock the factor, whatever is resent between; the other factor still opens', async ({ visitor }) => {
  test.setTimeout(240_000);
  const person = await member(visitor, 'id', 'sms');
  await addFactor(visitor, person, 'sms', 'email');
  const { page, context } = await atTheCode(visitor, person);
  await expect(title(page)).toHaveText(say('id', 'gatehouse.code.sms.title'));
  let code = '';

  for (let wrong = 1; wrong <= 10; wrong++) {
    if (wrong % 5 === 1) code = codeIn(await person.telephone.next());
    await enterCode(page, wrongCode(code));
    await expect(problem(page)).toBeVisible();
    if (wrong === 5) {
      await expectShut(context);
      await letPausePass(page, person);
      await resend(page);
      await expect(codeField(page)).toBeVisible();
    }
    // from the fifth in a row on, each wrong code makes the next one wait
    if (wrong >= 5 && wrong < 10) await allowNextTry(person);
  }
  // the tenth was still a wrong code; whatever comes after it meets the lock
  await letPausePass(page, person);
  await resend(page);
  await expect(problem(page)).toContainText(say('id', 'gatehouse.otp.locked'));
  await expectShut(context);

  // a new login changes nothing: the count belongs to the person and the channel
  const again = await atTheCode(visitor, person).catch(() => undefined);
  expect(await person.telephone.unread(), 'codes sent by a locked factor').toBe(0);
  await expectShut((again ?? { context }).context);

  await tryAnotherWay(page);
  await chooseWay(page, say('id', 'gh-email-display-name'));
  await enterCodeFrom(page, person, 'email');
  await expectOpen(context);
});
