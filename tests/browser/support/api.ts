import type { BrowserContext } from '@playwright/test';
import createClient, { type Client } from 'openapi-fetch';
import { tokensOf } from './doors';
import type { paths } from './openapi';
import { stack } from './stack';

/** The API by the client that is generated from its document (`npm run generate`): what the document does not offer does not compile. */
export type Api = Client<paths>;

/** Whoever holds this token. */
export function apiWith(token: string): Api {
  return createClient<paths>({ baseUrl: `${stack().gatehouse_url}/api/v1`, headers: { authorization: `Bearer ${token}` } });
}

/** The person who is signed in in this browser. */
export async function apiOf(context: BrowserContext): Promise<Api> {
  return apiWith((await tokensOf(context)).access_token!);
}
