import { look, walkByKeyboard } from '../support/look';
import { picture } from '../support/picture';
import { openPortal } from '../support/portal';
import { staffMember } from '../support/staff';
import { test } from '../support/test';

test.describe.configure({ timeout: 360_000 });

test('an operator sees the pages of staff, in every shape', async ({ visitor }) => {
  const { page } = await staffMember(visitor, 'operator');
  for (const [path, name] of [
    ['approvals', 'backoffice-approvals'],
    ['work', 'backoffice-work'],
    ['messages', 'backoffice-messages'],
    ['trail', 'backoffice-trail'],
    ['systems', 'backoffice-systems'],
  ] as const) {
    await openPortal(page, `/backoffice/${path}`);
    await look(page, name);
    await walkByKeyboard(page, name);
    if (path === 'work') await picture(page, 'pages/work');
  }
});
