import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/client";
import { Entrance, who } from "./frame/entrance";
import { applyTheme } from "./theme/theme";
import { viewAt } from "./views/table";
import "./theme/tokens.css";
import "./theme/base.css";
import "./theme/parts.css";
import "./theme/frame.css";
import "./theme/views.css";

applyTheme();

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      gcTime: 300_000,
      refetchOnWindowFocus: true,
      networkMode: "always", // the service is often this very machine: what the browser thinks of the network says nothing
      // What cannot be reached is tried again for as long as somebody looks; what was refused is not.
      retry: (failures, error) =>
        error instanceof Problem && (error.status === 0 || error.status === 503) && failures < 3,
      retryDelay: (failures) => Math.min(8000, 500 * 2 ** failures),
      refetchInterval: (query) => (query.state.status === "error" ? 5000 : false),
    },
    mutations: { networkMode: "always" },
  },
});

// What the address asks for is fetched beside the question of who is there, not after it.
void client.prefetchQuery(who);
const view = viewAt(window.location.pathname);
view?.load().catch(() => {}); // tried again, and told, when it is shown
view?.ask?.(client);

const page = document.getElementById("page");
if (page) {
  createRoot(page).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Entrance />
      </QueryClientProvider>
    </StrictMode>,
  );
}
