import { stack } from './stack';

/** A person as Keycloak's administration shows them. */
export interface KeycloakUser {
  id: string;
  username: string;
  email: string;
  emailVerified: boolean;
  enabled: boolean;
  attributes?: Record<string, string[]>;
}

export interface KeycloakCredential {
  id: string;
  type: string;
  /** What may be shown of it, as JSON. */
  credentialData?: string;
}

async function token(): Promise<string> {
  const { keycloak_url, keycloak_admin } = stack();
  const response = await fetch(`${keycloak_url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...keycloak_admin }),
  });
  if (!response.ok) throw new Error(`Keycloak refused the administrator: ${response.status}`);
  return ((await response.json()) as { access_token: string }).access_token;
}

/** A call of Keycloak's Admin API, below the realm. */
export async function admin<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${stack().keycloak_url}/admin/realms/${stack().realm}/${path}`, {
    method,
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}

/** The person with this login e-mail, if there is one. */
export async function findUser(email: string): Promise<KeycloakUser | undefined> {
  const users = await admin<KeycloakUser[]>('GET', `users?exact=true&email=${encodeURIComponent(email)}`);
  return users[0] && (await admin<KeycloakUser>('GET', `users/${users[0].id}`));
}

export async function credentialsOf(userId: string): Promise<KeycloakCredential[]> {
  return admin('GET', `users/${userId}/credentials`);
}

export async function sessionsOf(userId: string): Promise<{ id: string }[]> {
  return admin('GET', `users/${userId}/sessions`);
}

/** Ends all sessions of a person, as staff would. */
export async function logOutEverywhere(userId: string): Promise<void> {
  await admin('POST', `users/${userId}/logout`);
}

/** Sets attributes of the realm while `act` runs, and takes them back. */
export async function withRealm<T>(attributes: Record<string, string>, act: () => Promise<T>): Promise<T> {
  const before = await admin<{ attributes: Record<string, string> }>('GET', '');
  await admin('PUT', '', { attributes: { ...before.attributes, ...attributes } });
  try {
    return await act();
  } finally {
    await admin('PUT', '', { attributes: { ...before.attributes, ...Object.fromEntries(Object.keys(attributes).map((name) => [name, before.attributes[name] ?? ''])) } });
  }
}

/** The secret of a confidential application. */
export async function secretOf(clientId: string): Promise<string> {
  const [client] = await admin<{ id: string }[]>('GET', `clients?clientId=${clientId}`);
  return (await admin<{ value: string }>('GET', `clients/${client!.id}/client-secret`)).value;
}
