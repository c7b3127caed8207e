// What the modules ask of a browser, for tests that run in Node: a page, an address and no storage.
const browser = {
  document: { documentElement: { lang: '', dataset: {} } },
  navigator: { languages: ['en-GB'] },
  location: { pathname: '/', search: '' },
  window: { addEventListener: () => undefined, scrollTo: () => undefined },
  history: { pushState: () => undefined, replaceState: () => undefined },
};
for (const [name, value] of Object.entries(browser)) Object.defineProperty(globalThis, name, { value, configurable: true });

/** A sequence that is the same for the same seed (mulberry32): numbers from 0 up to 1. */
export function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
