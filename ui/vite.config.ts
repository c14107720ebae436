import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page is files of its own origin alone: the server's content policy allows no inline script or style, so nothing may
// be inlined here either.
export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rollupOptions: {
      output: { entryFileNames: "assets/[name]-[hash].js", chunkFileNames: "assets/[name]-[hash].js" },
    },
  },
  // `npm run dev` against a running service: PLIMSOLL_SERVICE=http://127.0.0.1:8080 (plimsoll serve --plain).
  server: { proxy: { "/api": process.env.PLIMSOLL_SERVICE ?? "http://127.0.0.1:8080" } },
});
