// Two entries: the console, whose pages are loaded one by one, and the wall page, which is as small as can be. Everything
// is a hashed file of its own, since the content security policy allows nothing inline.
import { defineConfig, type ProxyOptions } from 'vite';

// Where the development server passes calls on to. A server takes changes from its own origin alone.
const target = process.env['LUPAUS_URL'] ?? 'http://127.0.0.1:8080';
const passedOn: ProxyOptions = {
  target,
  changeOrigin: true,
  configure: (proxy) => proxy.on('proxyReq', (request) => request.removeHeader('origin')),
};

export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rollupOptions: {
      input: ['index.html', 'wall.html'],
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: { proxy: { '/v1': passedOn, '/session': passedOn, '/openapi.json': passedOn } },
});
