// Writes THIRD-PARTY-NOTICES.md: every package of others that Attune is delivered with, as the lock has it.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the notices are. */
export const noticesFile = join(root, 'THIRD-PARTY-NOTICES.md');

const names = z.record(z.string(), z.unknown()).default({});
const Lock = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().default(false),
      dependencies: names,
      optionalDependencies: names,
    }),
  ),
});
type Packages = z.infer<typeof Lock>['packages'];

/** Packages whose lock tells no licence, as their own page tells it. */
const told: Readonly<Record<string, string>> = { unionfs: 'Unlicense' };

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Where Node finds a package that another one names: in its own folder, or in one around it. */
const found = (packages: Packages, from: string, name: string): string | null => {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (packages[path] !== undefined) return path;
    if (!at.includes('/node_modules/'))
      return packages[`node_modules/${name}`] === undefined ? null : `node_modules/${name}`;
  }
};

/** The packages the console's pages are built of: they are delivered, although only the build needs them. */
const ofConsole = (packages: Packages): readonly string[] => {
  const imported = globSync('console/src/**/*.{ts,tsx,css}', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import) '((?:@[^/']+\/)?[^./'][^/']*)/g)].map(
      ([, name = '']) => name,
    ),
  );
  const all = new Set<string>();
  const take = (from: string, name: string): void => {
    const path = found(packages, from, name);
    if (path === null || all.has(path)) return;
    all.add(path);
    for (const next of Object.keys(packages[path]?.dependencies ?? {})) take(path, next);
  };
  for (const name of imported) take('', name);
  return [...all];
};

/** The notices for a lock. */
export const notices = (lock: string): string => {
  const { packages } = Lock.parse(JSON.parse(lock));
  const delivered = Object.entries(packages).flatMap(([path, { dev }]) => (path === '' || dev ? [] : [path]));
  const byLicence = new Map<string, Set<string>>();
  for (const path of [...delivered, ...ofConsole(packages)]) {
    const name = nameOf(path);
    const { version, license = told[name] } = packages[path] ?? {};
    if (license === undefined || version === undefined) throw new Error(`The lock tells no licence of ${name}.`);
    byLicence.set(license, (byLicence.get(license) ?? new Set()).add(`${name} ${version}`));
  }
  const parts = [...byLicence].sort(([one], [other]) => one.localeCompare(other, 'en'));
  return `# Third-party notices

Attune is delivered with these packages of others, each under its own licence. The text of a licence and its copyright
notice stand in the package's folder in \`node_modules\`. \`npm run notices\` writes this page anew from the lock.
${parts
  .map(
    ([licence, all]) =>
      `\n## ${licence}\n\n${[...all]
        .sort((one, other) => one.localeCompare(other, 'en'))
        .map((one) => `- ${one}\n`)
        .join('')}`,
  )
  .join('')}`;
};

if (import.meta.main) writeFileSync(noticesFile, notices(readFileSync(join(root, 'package-lock.json'), 'utf8')));
