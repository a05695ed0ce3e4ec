/**
 * The verifiers that docs/guide/webhooks.md prints, each run by its own language on a delivery that this server signed, and
 * on the same one altered: the first they must take, every other refuse. The official libraries come from where their
 * languages keep them.
 *
 *   node test/verifiers/run.ts [python|php|java|go] …
 *
 * Without a word: every language that is on this machine. A language that is named must be there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../check.ts'
import { deliveries } from './deliveries.ts'

const PAGE = readFileSync(join(ROOT, 'docs/guide/webhooks.md'), 'utf8')
const work = mkdtempSync(join(tmpdir(), 'antiphon-verifiers-'))
const file = join(work, 'delivery.json')

interface Language {
  readonly program: string
  /** Lays out and builds; answers the command that reads the path of a delivery and ends with 0 where it verifies. */
  readonly build: (verifier: string) => readonly [string, ...string[]]
}

const write = (name: string, text: string) => writeFileSync(join(work, name), text)

const languages: Readonly<Record<string, Language>> = {
  python: {
    program: 'python3',
    build: (verifier) => {
      const venv = join(ROOT, '.cache/verifiers')
      if (!existsSync(venv)) must('python3', ['-m', 'venv', venv])
      must(join(venv, 'bin/pip'), ['install', '-q', '--disable-pip-version-check', 'standardwebhooks==1.1.0'])
      write(
        'main.py',
        `${verifier}\nimport json\nimport sys\n\nd = json.load(open(sys.argv[1]))\nassert verify(d["secret"], d["body"], d["headers"])["id"]\n`,
      )
      return [join(venv, 'bin/python'), 'main.py']
    },
  },
  php: {
    program: 'php',
    build: (verifier) => {
      write(
        'main.php',
        `${verifier}\n$d = json_decode(file_get_contents($argv[1]), true);\nverify($d['secret'], $d['body'], $d['headers'])['id'] ?? throw new Exception('no id');\n`,
      )
      return ['php', '-d', 'display_errors=stderr', 'main.php']
    },
  },
  java: {
    program: 'java',
    build: (verifier) => {
      const main = `final class Main {
    public static void main(String[] args) throws Exception {
        Map<String, String> headers = new java.util.HashMap<>();
        java.util.List<String> lines = java.nio.file.Files.readAllLines(java.nio.file.Path.of(args[0] + ".lines"));
        headers.put("webhook-id", lines.get(1));
        headers.put("webhook-timestamp", lines.get(2));
        headers.put("webhook-signature", lines.get(3));
        System.exit(Verifier.verify(lines.get(0), lines.get(4), headers) ? 0 : 1);
    }
}
`
      const [imports = '', ...rest] = verifier.split('\n\n')
      write('Main.java', [imports, main, ...rest].join('\n\n'))
      return ['java', 'Main.java']
    },
  },
  go: {
    program: 'go',
    build: (verifier) => {
      const main = `
func main() {
	var delivery struct {
		Secret, Body string
		Headers      map[string]string
	}
	text, _ := os.ReadFile(os.Args[1])
	if json.Unmarshal(text, &delivery) != nil {
		os.Exit(2)
	}
	headers := http.Header{}
	for name, value := range delivery.Headers {
		headers.Set(name, value)
	}
	if verify(delivery.Secret, []byte(delivery.Body), headers) != nil {
		os.Exit(1)
	}
}
`
      write('main.go', verifier.replace('import (\n', 'import (\n\t"encoding/json"\n\t"os"\n') + main)
      write('go.mod', 'module verifier\n\ngo 1.21\n')
      must('go', ['get', 'github.com/standard-webhooks/standard-webhooks/libraries@v0.0.1'])
      must('go', ['build', '-o', 'verifier', '.'])
      return [join(work, 'verifier')]
    },
  },
}

try {
  const named = process.argv.slice(2)
  const asked = named.length > 0 ? named : Object.keys(languages).filter((name) => isThere(languages[name]?.program))
  if (asked.length === 0) throw new Error('There is no language to verify with.')
  for (const name of asked) verifyIn(name)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(work, { recursive: true, force: true })
}
process.exit()

function verifyIn(name: string): void {
  const language = languages[name]
  if (!language) throw new Error(`There is no verifier in ${name}.`)
  const verifier = new RegExp(`^\`\`\`${name} verify\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(PAGE)?.[1]
  if (!verifier) throw new Error(`The page prints no verifier in ${name}.`)
  const [program, ...args] = language.build(verifier)
  const wrong = deliveries().filter(({ one, isGood }) => {
    writeFileSync(file, JSON.stringify(one))
    const { headers } = one
    const lines = [
      one.secret,
      headers['webhook-id'],
      headers['webhook-timestamp'],
      headers['webhook-signature'],
      one.body,
    ]
    writeFileSync(`${file}.lines`, lines.join('\n'))
    return (spawnSync(program, [...args, file], { cwd: work }).status === 0) !== isGood
  })
  if (wrong.length > 0) throw new Error(`${name} is wrong about: ${wrong.map(({ what }) => what).join(', ')}.`)
  console.log(`${name} takes what is ours and refuses the rest.`)
}

function must(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { cwd: work, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stderr}`)
}

function isThere(program: string | undefined): boolean {
  return program !== undefined && !spawnSync(program, ['--version']).error
}
