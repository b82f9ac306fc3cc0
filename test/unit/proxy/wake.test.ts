import { expect, it } from 'vitest';
import { mayWake, type Cause } from '../../../src/proxy/wake.ts';

const navigation = { secFetchDest: 'document', secFetchMode: 'navigate' };
const elsewhere = { secFetchSite: 'cross-site' };

it.each<[string, Cause]>([
  ['a program that says nothing of itself', {}],
  ['a URL that somebody has typed', { secFetchSite: 'none', ...navigation }],
  ['a link on a page from elsewhere that somebody has followed', { ...elsewhere, ...navigation }],
  ['a form from elsewhere, as at the end of a login', { ...elsewhere, ...navigation, origin: 'https://login.example' }],
  ['a page of its own', { secFetchSite: 'same-origin', secFetchDest: 'empty', secFetchMode: 'cors' }],
  ['a page of another port of it', { secFetchSite: 'same-site', secFetchDest: 'image', secFetchMode: 'no-cors' }],
  ['a script of another workspace', { ...elsewhere, secFetchMode: 'cors', origin: 'http://two.localhost:3000' }],
  ['a script of a page at plain localhost', { ...elsewhere, secFetchMode: 'cors', origin: 'http://localhost:8080' }],
  ['a script, in a browser of old', { origin: 'https://two.localhost' }],
])('makes a workspace real: %s', (_, cause) => expect(mayWake(cause)).toBe(true));

it.each<[string, Cause]>([
  ['an image of a page from elsewhere', { ...elsewhere, secFetchDest: 'image', secFetchMode: 'no-cors' }],
  ['a frame in a page from elsewhere', { ...elsewhere, secFetchDest: 'iframe', secFetchMode: 'navigate' }],
  ['a script of a page from elsewhere', { ...elsewhere, secFetchMode: 'cors', origin: 'https://evil.example' }],
  ['a websocket of a page from elsewhere', { ...elsewhere, secFetchMode: 'websocket', origin: 'https://evil.example' }],
  ['a script from elsewhere, in a browser of old', { origin: 'https://evil.example' }],
  ['a script from nowhere, in a browser of old', { origin: 'null' }],
  ['a script from elsewhere whose name looks local', { origin: 'http://localhost.evil.example' }],
  ['a script from elsewhere by a name that ends so', { origin: 'http://evillocalhost' }],
  [
    'nobody: a browser that guesses what will be typed',
    { secFetchSite: 'none', ...navigation, secPurpose: 'prefetch' },
  ],
])('does not make a workspace real: %s', (_, cause) => expect(mayWake(cause)).toBe(false));
