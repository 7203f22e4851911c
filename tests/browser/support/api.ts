import type { BrowserContext } from '@playwright/test';
import { tokensOf } from './doors';
import { stack } from './stack';

/** Somebody at the API. */
export interface Caller {
  /** A call below `/api/v1`; what is no JSON is no body. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
}

/** Whoever holds this token. */
export function caller(token: string): Caller {
  return {
    call: async (method, path, body, headers = {}) => {
      const answer = await fetch(`${stack().gatehouse_url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      const isJson = (answer.headers.get('content-type') ?? '').includes('json');
      return { status: answer.status, body: isJson && text ? (JSON.parse(text) as unknown) : undefined };
    },
  };
}

/** The person who is signed in in this browser. */
export async function callerOf(context: BrowserContext): Promise<Caller> {
  return caller((await tokensOf(context)).access_token!);
}
