/** What the loader draws on the customer's page, in a shadow root of its own: the toggle with its badge, the panel, a line for screen readers. */
import { ACCENT, filled, parse } from '../color.ts'
import css from './loader.css?inline'

export interface Parts {
  root: ShadowRoot
  toggle: HTMLButtonElement
  panel: HTMLElement
  paint(color: string | null): void
  badge(count: number): void
}

const BUBBLE =
  'M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719'
const CHEVRON = 'm6 9 6 6 6-6'

/** Styles go in as a constructed sheet and through the CSSOM, which no Content-Security-Policy of the page forbids. */
export function draw(label: string, left: boolean): Parts {
  const host = document.createElement('antiphon-chat')
  host.role = 'region'
  host.ariaLabel = label
  if (left) host.className = 'left'
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]

  const toggle = element('button', { class: 'toggle', 'aria-expanded': 'false', 'aria-controls': 'panel' })
  const badge = element('span', { class: 'badge' })
  const panel = element('div', { class: 'panel', id: 'panel', role: 'dialog', 'aria-label': label, 'data-closed': '' })
  const said = element('p', { class: 'said', role: 'status' })
  toggle.append(icon(BUBBLE), icon(CHEVRON), badge)
  root.append(toggle, panel, said)
  document.documentElement.append(host)

  const parts: Parts = {
    root,
    toggle,
    panel,
    paint(color) {
      const { ground, text } = filled(parse(color) ?? ACCENT)
      host.style.setProperty('--brand', `rgb(${ground})`)
      host.style.setProperty('--on-brand', `rgb(${text})`)
    },
    badge(count) {
      const words = count ? `${count} unread message${count > 1 ? 's' : ''}` : ''
      badge.textContent = count > 99 ? '99+' : `${count || ''}`
      toggle.ariaLabel = words ? `${label}, ${words}` : label
      said.textContent = words
    },
  }
  parts.badge(0)
  return parts
}

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string>,
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name)
  for (const attribute in attributes) made.setAttribute(attribute, attributes[attribute] ?? '')
  return made
}

function icon(shape: string): SVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(space, 'svg')
  const path = document.createElementNS(space, 'path')
  svg.setAttribute('viewBox', '0 0 24 24')
  path.setAttribute('d', shape)
  svg.append(path)
  return svg
}
