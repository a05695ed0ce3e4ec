/** The page of the reference: Scalar over our own OpenAPI document, from our own server, asking nobody else for anything. */

export const REFERENCE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference · Antiphon</title>
</head>
<body>
<div id="reference"></div>
<script src="/docs/reference/scalar.js"></script>
<script src="/docs/reference.js"></script>
</body>
</html>
`

/** Of the many ways to write a request, those that our guides use. */
const CLIENTS = {
  shell: ['curl'],
  js: ['fetch'],
  node: ['fetch'],
  python: ['requests'],
  php: ['curl', 'guzzle'],
  java: ['okhttp', 'nethttp'],
}

const OPTIONS = {
  url: '/openapi.json',
  theme: 'none',
  layout: 'modern',
  withDefaultFonts: false,
  telemetry: false,
  persistAuth: false,
  showDeveloperTools: 'never',
  hideClientButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
  externalUrls: {},
  documentDownloadType: 'direct',
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  authentication: { preferredSecurityScheme: 'credential' },
  metaData: { title: 'API reference · Antiphon' },
  customCss: `
@font-face { font-family: "Inter"; src: url("/docs/inter.woff2") format("woff2"); font-weight: 100 900; font-display: swap }
:root { --scalar-font: Inter, system-ui, sans-serif; --scalar-font-code: ui-monospace, "SF Mono", Menlo, Consolas, monospace; --scalar-radius: 6px; --scalar-radius-lg: 10px }
.light-mode { --scalar-color-1: oklch(23% 0.012 65); --scalar-color-2: oklch(41% 0.012 70); --scalar-color-3: oklch(50% 0.012 75); --scalar-color-accent: oklch(45% 0.085 200); --scalar-background-1: oklch(99.4% 0.0025 85); --scalar-background-2: oklch(97.2% 0.0055 85); --scalar-background-3: oklch(94.6% 0.008 85); --scalar-background-accent: oklch(95.4% 0.018 195); --scalar-border-color: oklch(91% 0.0085 85); --scalar-color-green: oklch(46% 0.11 152); --scalar-color-red: oklch(50% 0.18 27); --scalar-color-yellow: oklch(49% 0.11 62); --scalar-color-blue: oklch(45% 0.085 200); --scalar-color-orange: oklch(49% 0.11 62); --scalar-color-purple: oklch(48% 0.15 300); --scalar-button-1: oklch(45% 0.085 200); --scalar-button-1-hover: oklch(40% 0.085 200); --scalar-button-1-color: white }
.dark-mode { --scalar-color-1: oklch(93.5% 0.007 85); --scalar-color-2: oklch(78% 0.009 80); --scalar-color-3: oklch(67% 0.01 78); --scalar-color-accent: oklch(78% 0.095 195); --scalar-background-1: oklch(17.2% 0.006 75); --scalar-background-2: oklch(20% 0.0065 75); --scalar-background-3: oklch(27% 0.0075 75); --scalar-background-accent: oklch(25.5% 0.026 200); --scalar-border-color: oklch(25.5% 0.0075 75); --scalar-color-green: oklch(78% 0.12 152); --scalar-color-red: oklch(75% 0.13 25); --scalar-color-yellow: oklch(80% 0.12 75); --scalar-color-blue: oklch(78% 0.095 195); --scalar-color-orange: oklch(80% 0.12 75); --scalar-color-purple: oklch(79% 0.1 300); --scalar-button-1: oklch(78% 0.095 195); --scalar-button-1-hover: oklch(72% 0.095 195); --scalar-button-1-color: oklch(17% 0.02 200) }
`,
}

/** Scalar knows many clients; all but ours are hidden, by its own list of them. */
export const REFERENCE_SCRIPT = `const wanted = ${JSON.stringify(CLIENTS)}
const all = ['c', 'clojure', 'csharp', 'dart', 'fsharp', 'go', 'http', 'java', 'js', 'kotlin', 'node', 'objc', 'ocaml', 'php', 'powershell', 'python', 'r', 'ruby', 'rust', 'shell', 'swift']
const known = { java: ['asynchttp', 'nethttp', 'okhttp', 'unirest'], js: ['axios', 'fetch', 'jquery', 'ofetch', 'xhr'], node: ['axios', 'fetch', 'ofetch', 'undici'], php: ['curl', 'guzzle', 'laravel'], python: ['python3', 'requests', 'httpx_sync', 'httpx_async', 'aiohttp'], shell: ['curl', 'httpie', 'wget'] }
const hiddenClients = Object.fromEntries(all.map((name) => [name, wanted[name] ? known[name].filter((one) => !wanted[name].includes(one)) : true]))
Scalar.createApiReference('#reference', { ...${JSON.stringify(OPTIONS)}, hiddenClients })
`
