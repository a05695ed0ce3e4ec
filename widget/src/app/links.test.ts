import { expect, test } from 'vitest'
import { findLinks, safeHref } from './links.ts'

const links = (text: string) => findLinks(text).flatMap(({ text, href }) => (href ? [[text, href]] : []))

test('text comes out as it went in', () => {
  for (const text of ['', 'plain', 'a https://x.example/ b www.y.example, c@d.example!', '((www.))', 'https://']) {
    expect(
      findLinks(text)
        .map((span) => span.text)
        .join(''),
    ).toBe(text)
  }
})

test.each([
  ['See https://acme.example/a?b=1#c.', [['https://acme.example/a?b=1#c', 'https://acme.example/a?b=1#c']]],
  ['(www.acme.example)', [['www.acme.example', 'https://www.acme.example']]],
  ['https://w.example/A_(b), yes', [['https://w.example/A_(b)', 'https://w.example/A_(b)']]],
  ['“https://w.example”', [['https://w.example', 'https://w.example']]],
  ['write to ann+x@acme.example.', [['ann+x@acme.example', 'mailto:ann+x@acme.example']]],
  ['HTTPS://ACME.EXAMPLE', [['HTTPS://ACME.EXAMPLE', 'HTTPS://ACME.EXAMPLE']]],
  [
    'https://a.example/x https://b.example',
    [
      ['https://a.example/x', 'https://a.example/x'],
      ['https://b.example', 'https://b.example'],
    ],
  ],
])('finds the links of %s', (text, expected) => {
  expect(links(text)).toEqual(expected)
})

test.each([
  'javascript:alert(1)',
  'acme.example',
  'www.',
  '@mia',
  'a@b',
  'https://',
  'ftp://acme.example',
  '3.14',
  'data:text/html,x',
])('leaves %s as text', (text) => {
  expect(links(text)).toEqual([])
})

test('lets only addresses be followed that leave this page alone', () => {
  expect(safeHref('https://acme.example')).toBe('https://acme.example')
  expect(safeHref('tel:+4915112345')).toBe('tel:+4915112345')
  for (const href of [
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'blob:x',
    '/v1/me',
    '#x',
    '',
    null,
  ]) {
    expect(safeHref(href)).toBeNull()
  }
})
