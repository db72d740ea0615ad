// Jest loads this file natively, so that it can hand over to TypeScript.
import { tsImport } from 'tsx/esm/api';

export default async function setup() {
  const { startSuiteCloud } = await tsImport('./suite-cloud.ts', import.meta.url);
  globalThis.stopSuiteCloud = await startSuiteCloud();
}
