// Run Grafana's panel transformations on data frames: {frames, transformations} as JSON in, the frames of the panel out.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { JSDOM } = require('jsdom');

const page = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/' });
for (const name of ['window', 'document', 'localStorage', 'sessionStorage', 'HTMLElement', 'Element', 'Node', 'DOMParser', 'MutationObserver', 'getComputedStyle']) {
  Object.defineProperty(globalThis, name, { value: name === 'window' ? page.window : page.window[name], configurable: true, writable: true });
}
globalThis.ResizeObserver = class { observe() {} unobserve() {} disconnect() {} };

const { standardTransformers, standardTransformersRegistry, transformDataFrame, toDataFrame } = require('@grafana/data');
const { firstValueFrom } = require('rxjs');

const known = new Map(Object.values(standardTransformers).map((one) => [one.id, one]));
standardTransformersRegistry.setInit(() => [...known.values()].map((one) => ({ id: one.id, name: one.name, transformation: async () => one })));

let text = '';
for await (const chunk of process.stdin) text += chunk;
const answers = [];
for (const { frames, transformations } of JSON.parse(text)) {
  const unknown = transformations.map((one) => one.id).filter((id) => !known.has(id));
  if (unknown.length) throw new Error(`unknown transformations: ${unknown.join(', ')}`);
  const shown = await firstValueFrom(transformDataFrame(transformations, frames.map((frame) => toDataFrame(frame))));
  answers.push(shown.map((frame) => ({
    name: frame.name ?? null,
    refId: frame.refId ?? null,
    length: frame.length,
    fields: frame.fields.map((field) => ({
      name: field.name, type: field.type, labels: field.labels ?? null, displayName: field.config?.displayName ?? null, values: [...field.values],
    })),
  })));
}
// A pipe takes 64 KiB at a time: to leave before it has all would cut the answer.
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
