// Makes bundle/: all that a task or a function needs to run, in few files that load fast. `npm run build` comes first.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** Nest asks for these and does without; none is installed. */
const ABSENT = ['@nestjs/microservices', '@nestjs/websockets', '@nestjs/platform-express', '@fastify/static', '@fastify/view', '@fastify/multipart', 'class-transformer', 'class-validator'];
/** Files that are served or read as files, and so stay a package. */
const ASSETS = { 'swagger-ui-dist': ['package.json', 'swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png', 'LICENSE'] };

/** zod brings its messages in 50 languages; every schema here words its own, in English. */
const englishOnly = {
  name: 'english-only',
  setup: (bundle) => bundle.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: "export { default as en } from './en.js';" })),
};

await rm('bundle', { recursive: true, force: true });
await mkdir('bundle', { recursive: true });
const { outputs } = (
  await build({
    entryPoints: ['dist/main.js', 'dist/sweep.js', 'dist/lambda.js'],
    outdir: 'bundle/dist',
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // The SDK's and zod's ES modules: what is not used can be left out, and nothing is copied between module kinds.
    mainFields: ['module', 'main'],
    // Names stay: errors and logs show them.
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [englishOnly],
    external: [...ABSENT, ...Object.keys(ASSETS)].flatMap((name) => [name, `${name}/*`]),
    // Packages in CommonJS ask for Node's own modules by `require`.
    banner: { js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);" },
    legalComments: 'none',
    metafile: true,
  })
).metafile;

for (const [name, files] of Object.entries(ASSETS)) {
  await mkdir(`bundle/node_modules/${name}`, { recursive: true });
  await Promise.all(files.map((file) => cp(`node_modules/${name}/${file}`, `bundle/node_modules/${name}/${file}`)));
}
const { name, version, license, type } = JSON.parse(await readFile('package.json', 'utf8'));
await writeFile('bundle/package.json', `${JSON.stringify({ name, version, license, type }, undefined, 2)}\n`);

const megabytes = Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
console.log(`bundle/: ${Object.keys(outputs).length} files, ${megabytes.toFixed(1)} MB of code`);
